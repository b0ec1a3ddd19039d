import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { deflateSync } from 'node:zlib';
import fc from 'fast-check';
import { strToU8, zipSync } from 'fflate';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { EngineError } from '../../../engine/errors.js';
import { MAX_ATTACHMENT_BYTES, MAX_ATTACHMENT_LENGTH } from '../../ipc/attachment-limits.js';
import { readText } from './read-text.js';

const FILES = join(import.meta.dirname, '../../../e2e/files');
const file = async (name: string) => ({ name, bytes: new Uint8Array(await readFile(join(FILES, name))) });
const read = (name: string, bytes: Uint8Array | string) =>
  readText({ name, bytes: new Uint8Array(typeof bytes === 'string' ? strToU8(bytes) : bytes) });

async function refusal(reading: Promise<string>): Promise<EngineError> {
  const thrown = await reading.then(
    (text) => new Error(`It was read: ${text.slice(0, 100)}`),
    (error: unknown) => error,
  );
  if (thrown instanceof EngineError && thrown.code.startsWith('ATTACHMENT_')) return thrown;
  throw thrown;
}

const docx = (body: string) =>
  zipSync({ 'word/document.xml': strToU8(`<w:document><w:body>${body}</w:body></w:document>`) });
const run = (text: string) => `<w:r><w:t>${text}</w:t></w:r>`;

/** A page whose content is a stream, compressed. */
function pdfOf(content: Buffer): Buffer {
  const packed = deflateSync(content);
  const head =
    '%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n' +
    '3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 100]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>endobj\n' +
    `5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\n4 0 obj<</Length ${packed.length}/Filter/FlateDecode>>stream\n`;
  return Buffer.concat([Buffer.from(head), packed, Buffer.from('\nendstream endobj\ntrailer<</Root 1 0 R>>\n%%EOF')]);
}

describe('text', () => {
  it('is read in the encodings that are about', async () => {
    expect(await read('a.txt', 'Grüße\r\nfrom here\r')).toBe('Grüße\nfrom here');
    expect(await read('a.txt', new Uint8Array([0xef, 0xbb, 0xbf, 0x61]))).toBe('a');
    expect(await read('a.txt', new Uint8Array([0xff, 0xfe, 0x61, 0, 0xe4, 0]))).toBe('aä');
    expect(await read('a.txt', new Uint8Array([0x47, 0x72, 0xfc, 0xdf, 0x65]))).toBe('Grüße');
  });

  it('that is none is refused, with what can be attached', async () => {
    const png = new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13]);
    for (const bytes of [png, '{\\rtf1 hello}']) {
      const { code, message } = await refusal(read('a.png', bytes));
      expect(code).toBe('ATTACHMENT_UNSUPPORTED');
      expect(message).toMatch(/“a\.png”.*Text, code, PDF and DOCX/);
    }
  });

  it('that is missing is told', async () => {
    for (const bytes of ['', ' \n\t'])
      expect(await refusal(read('a.txt', bytes))).toMatchObject({ code: 'ATTACHMENT_EMPTY' });
  });

  it('is refused where it is more than a model could read', async () => {
    const { code, message } = await refusal(read('log.txt', 'x'.repeat(MAX_ATTACHMENT_LENGTH + 1)));
    expect(code).toBe('ATTACHMENT_TOO_LARGE');
    expect(message).toContain('4 million characters');
    expect(await refusal(read('a.bin', new Uint8Array(MAX_ATTACHMENT_BYTES + 1)))).toMatchObject({
      code: 'ATTACHMENT_TOO_LARGE',
      message: expect.stringContaining('32 MB'),
    });
  });
});

describe('a PDF', () => {
  it('gives the text of its pages', async () => {
    expect(await readText(await file('notes.pdf'))).toBe(
      'Notes of the harbour master\nThe tide gauge was read at noon and again at dusk.\n\nThe password of the lighthouse is "marmalade".',
    );
  });

  it.each([
    ['scan.pdf', 'ATTACHMENT_EMPTY', /text recognition/],
    ['locked.pdf', 'ATTACHMENT_ENCRYPTED', /Save it without one/],
  ])('%s is refused as %s', async (name, code, way) => {
    const error = await refusal(readText(await file(name)));
    expect(error.code).toBe(code);
    expect(error.message).toMatch(way);
  });

  it('that is broken says so', async () => {
    expect(await refusal(read('a.pdf', '%PDF-1.7\nnothing more'))).toMatchObject({
      code: 'ATTACHMENT_UNREADABLE',
      message: expect.stringMatching(/broken PDF.*paste it here/),
    });
  });

  it('of which both pages are broken is refused, and the failure of neither is left to nobody', async () => {
    const strays: unknown[] = [];
    const note = (stray: unknown) => void strays.push(stray);
    process.on('unhandledRejection', note);
    onTestFinished(() => void process.off('unhandledRejection', note));
    const { bytes } = await file('notes.pdf');
    for (const page of ['3 0 obj', '4 0 obj']) bytes.set(strToU8('X'), Buffer.from(bytes).indexOf(`\n${page}`) + 1);
    await refusal(read('a.pdf', bytes));
    await setTimeout(20);
    expect(strays).toEqual([]);
    expect(process.listeners('unhandledRejection')).toContain(note);
  });

  it('that unpacks to more text than can be read is given up', async () => {
    const content = Buffer.from(`BT /F 9 Tf ${`1 0 0 1 9 50 Tm (${'i'.repeat(30)}) Tj `.repeat(140_000)} ET`);
    expect(await refusal(read('bomb.pdf', pdfOf(content)))).toMatchObject({ code: 'ATTACHMENT_TOO_LARGE' });
  }, 60_000);
});

describe('a DOCX', () => {
  it('gives headings, list items and tables as text', async () => {
    expect(await readText(await file('notes.docx'))).toBe(
      [
        '# Notes of the harbour master',
        'The tide gauge was read at noon and again at dusk.',
        'The password of the lighthouse is “marmalade”.',
        '- Oil the lamp',
        'Mark | Level',
        'Upper | 87 cm',
      ].join('\n'),
    );
  });

  it('gives tabs, line breaks and each word once', async () => {
    const body = `<w:p><w:pPr><w:tabs><w:tab/></w:tabs></w:pPr>${run('a')}<w:r><w:tab/></w:r>${run('b')}<w:r><w:br/></w:r>${run('c &amp; d')}</w:p>
      <mc:AlternateContent><mc:Choice>${run('e')}</mc:Choice><mc:Fallback>${run('e')}</mc:Fallback></mc:AlternateContent>
      <w:p><w:r><w:delText>gone</w:delText><w:instrText>PAGE</w:instrText></w:r></w:p>`;
    expect(await read('a.docx', docx(body))).toBe('a\tb\nc & d\ne');
  });

  it('that is a bomb is not opened', async () => {
    const bomb = docx(`<w:p>${run('x'.repeat(65_000_000))}</w:p>`);
    expect(bomb.length).toBeLessThan(1_000_000);
    expect(await refusal(read('bomb.docx', bomb))).toMatchObject({
      code: 'ATTACHMENT_TOO_LARGE',
      message: expect.stringContaining('unpacks to 65 MB'),
    });
  });

  it('that lies about its size gets no more room than it says', async () => {
    const bomb = docx(`<w:p>${run('x'.repeat(30_000_000))}</w:p>`);
    const view = new DataView(bomb.buffer, bomb.byteOffset, bomb.length);
    const directory = Buffer.from(bomb).lastIndexOf('PK\x01\x02', undefined, 'latin1');
    view.setUint32(directory + 24, 1000, true);
    expect(await refusal(read('liar.docx', bomb))).toMatchObject({ code: 'ATTACHMENT_UNREADABLE' });
  });

  it('with entities of its own is refused, not expanded', async () => {
    const xml = `<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><d><w:r><w:t>&b;</w:t></w:r></d>`;
    const bytes = zipSync({ 'word/document.xml': strToU8(xml) });
    expect(await refusal(read('laughs.docx', bytes))).toMatchObject({ code: 'ATTACHMENT_UNREADABLE' });
  });

  it('of another kind, or old, or with a password, is refused by what it is', async () => {
    expect(await refusal(read('a.xlsx', zipSync({ 'xl/workbook.xml': strToU8('<a/>') })))).toMatchObject({
      code: 'ATTACHMENT_UNSUPPORTED',
    });
    const old = Buffer.concat([Buffer.from([0xd0, 0xcf, 0x11, 0xe0]), Buffer.alloc(600)]);
    expect(await refusal(read('a.doc', old))).toMatchObject({ code: 'ATTACHMENT_UNSUPPORTED' });
    const locked = Buffer.concat([old, Buffer.from('EncryptedPackage', 'utf16le')]);
    expect(await refusal(read('a.docx', locked))).toMatchObject({ code: 'ATTACHMENT_ENCRYPTED' });
  });
});

describe('whatever a file holds', () => {
  let real: Uint8Array[];
  beforeAll(async () => {
    real = [(await file('notes.pdf')).bytes, (await file('notes.docx')).bytes, docx(`<w:p>${run('x')}</w:p>`)];
  });

  const outcome = (bytes: Uint8Array) =>
    read('f', bytes).then(
      () => 'text',
      (error: unknown) => (error instanceof EngineError ? error.code : error),
    );

  it('it is read or refused, never thrown at', async () => {
    const start = fc.constantFrom('', '%PDF-1.7\n', 'PK\x03\x04', '\xd0\xcf\x11\xe0', '\xff\xfe');
    await fc.assert(
      fc.asyncProperty(start, fc.uint8Array({ maxLength: 300 }), async (head, tail) => {
        expect(await outcome(Buffer.concat([Buffer.from(head, 'latin1'), tail]))).toMatch(/^(text|ATTACHMENT_\w+)$/);
      }),
      { numRuns: 300 },
    );
  });

  it('a damaged document is read or refused, too', async () => {
    const change = fc.record({ at: fc.nat(), byte: fc.nat(255) });
    await fc.assert(
      fc.asyncProperty(
        fc.nat(2),
        fc.array(change, { minLength: 1, maxLength: 20 }),
        fc.nat(),
        async (which, changes, cut) => {
          const bytes = real[which].slice();
          for (const { at, byte } of changes) bytes[at % bytes.length] = byte;
          const shown = cut % 4 === 0 ? bytes.slice(0, cut % bytes.length) : bytes;
          expect(await outcome(shown)).toMatch(/^(text|ATTACHMENT_\w+)$/);
        },
      ),
      { numRuns: 150 },
    );
  }, 60_000);
});
