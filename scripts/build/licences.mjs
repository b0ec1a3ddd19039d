import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A part of the app that others made, and on what terms.
 * @typedef {{ name: string, version: string, licence: string, text: string }} Licence `text`: of the licence; empty where the package brings none
 */

/** A line that was broken for a terminal's width: the page breaks lines by its own. */
const BROKEN_LINE = /(.{55,}\S) ?\r?\n *(?=\S)/g;
const LICENCE_FILE = /^(licen[cs]e|copying|notice|ofl)([.-].*)?$/i;

/** @returns {string | undefined} the folder of the npm package that a module belongs to, from the project folder */
function packageFolder(root, moduleId) {
  const path = moduleId.replace(/^\0+/, '').replace(/\?.*$/, '').replaceAll('\\', '/');
  const found = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path);
  return found?.[1].replace(`${root.replaceAll('\\', '/')}/`, '');
}

/** Packages of node_modules that main and engine process load there: those that electron-builder ships. */
function shippedFolders(root) {
  const { packages } = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  return Object.entries(packages)
    .filter(([folder, entry]) => folder !== '' && !entry.dev && !entry.devOptional)
    .map(([folder]) => folder);
}

/** @returns {Licence} */
function describePackage(root, folder, { terms, silentPackages }) {
  const { name, version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
  const texts = readdirSync(join(root, folder), { withFileTypes: true })
    .filter((entry) => entry.isFile() && LICENCE_FILE.test(entry.name))
    .map((entry) =>
      readFileSync(join(root, folder, entry.name), 'utf8')
        .trim()
        .replace(BROKEN_LINE, '$1 '),
    );
  // Some name a licence and bring none of its words, which have to go with what they cover.
  if (texts.length === 0) texts.push(...(silentPackages[name] ?? []).map((part) => terms[part] ?? part));
  return { name, version, licence: license?.type ?? license ?? 'see text', text: texts.join('\n\n') };
}

/**
 * What ships of others: the packages that the page's modules come from, those that are loaded from node_modules, and
 * what is no npm package.
 * @param {string} root project folder
 * @param {Iterable<string>} moduleIds of the page's bundle
 * @returns {Licence[]} by name
 */
export function collectLicences(root, moduleIds) {
  const known = JSON.parse(readFileSync(join(root, 'assets/licences.json'), 'utf8'));
  const bundled = [...moduleIds].map((id) => packageFolder(root, id)).filter((folder) => folder !== undefined);
  const folders = new Set([...bundled, ...shippedFolders(root), 'node_modules/electron']);
  const licences = [...folders]
    .filter((folder) => existsSync(join(root, folder, 'package.json')))
    .map((folder) => describePackage(root, folder, known));
  const unique = new Map([...licences, ...known.others].map((entry) => [`${entry.name} ${entry.version}`, entry]));
  return [...unique.values()].sort((a, b) => a.name.localeCompare(b.name, 'en'));
}

/**
 * Puts licences.json beside the page, which shows it.
 * @param {string} root project folder
 * @returns {import('vite').Plugin}
 */
export function licencesFile(root) {
  return {
    name: 'licences-file',
    generateBundle() {
      const source = JSON.stringify(collectLicences(root, this.getModuleIds()));
      this.emitFile({ type: 'asset', fileName: 'licences.json', source });
    },
  };
}
