import { parseArgs } from 'node:util';

const text = { type: 'string' };
const list = { type: 'string', multiple: true, default: [] };
const OPTIONS = {
  'input-type': { ...text, short: 's' },
  'output-type': { ...text, short: 't' },
  depends: { ...list, short: 'd' },
  'deb-recommends': list,
  'deb-compression': text,
  'deb-priority': text,
  'rpm-compression': text,
  'rpm-os': text,
  'rpm-summary': text,
  architecture: text,
  'after-install': text,
  'after-remove': text,
  category: text,
  description: text,
  iteration: text,
  license: text,
  log: text,
  maintainer: text,
  name: text,
  package: text,
  url: text,
  vendor: text,
  version: text,
  force: { type: 'boolean' },
  debug: { type: 'boolean' },
};

/**
 * A package to build.
 * @typedef {object} PackageOptions
 * @property {'deb' | 'rpm'} type
 * @property {string} output
 * @property {string} name
 * @property {string} version
 * @property {string} iteration
 * @property {string} architecture in the words of `type`
 * @property {string} summary one line
 * @property {string[]} description lines
 * @property {string} license
 * @property {string} maintainer
 * @property {string} vendor
 * @property {string} url
 * @property {string | undefined} category
 * @property {string} priority
 * @property {string | undefined} compression
 * @property {string[]} depends
 * @property {string[]} recommends
 * @property {string | undefined} afterInstall script file
 * @property {string | undefined} afterRemove script file
 * @property {{ from: string, to: string }[]} files
 */

/**
 * What electron-builder asks of fpm. Throws at what it never asked before: a package without it would lack something.
 * @param {string[]} args
 * @returns {PackageOptions}
 */
export function readFpmArguments(args) {
  const { values, positionals } = parseArgs({ args, options: OPTIONS, allowPositionals: true });
  const type = values['output-type'];
  if (values['input-type'] !== 'dir' || (type !== 'deb' && type !== 'rpm'))
    throw new Error(`Only deb and rpm can be made of a folder, not ${type} of ${values['input-type']}`);
  const [first, ...rest] = (values.description ?? '').split('\n').map((line) => line.trim());
  return {
    type,
    output: values.package,
    name: values.name,
    version: values.version,
    iteration: values.iteration ?? '1',
    architecture: values.architecture,
    summary: values['rpm-summary'] ?? first,
    description: values['rpm-summary'] ? [first, ...rest] : rest,
    license: values.license ?? 'unknown',
    maintainer: values.maintainer,
    vendor: values.vendor,
    url: values.url,
    category: values.category,
    priority: values['deb-priority'] ?? 'optional',
    compression: values[`${type}-compression`],
    depends: values.depends,
    recommends: values['deb-recommends'],
    afterInstall: values['after-install'],
    afterRemove: values['after-remove'],
    // Paths of our own have no "=" in them, those of temporary files may: the last one divides.
    files: positionals.map((pair) => {
      const at = pair.lastIndexOf('=');
      return { from: pair.slice(0, at), to: pair.slice(at + 1) };
    }),
  };
}
