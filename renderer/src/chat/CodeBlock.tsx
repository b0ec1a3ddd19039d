import { memo, useEffect, useState } from 'react';
import { formatCount } from '../format.js';
import { Icon } from '../shell/icons.js';
import { t } from '../words.js';
import { type CodeToken, colorCode } from './code-colors.js';
import { showDirections } from './hidden-characters.js';
import { languageName } from './language-name.js';
import { ends } from './plain-blocks.js';
import { SideScroll } from './SideScroll.js';
import { useCopy } from './use-copy.js';

interface CodeBlockProps {
  code: string;
  language: string;
  isIncomplete: boolean;
}

export const CodeBlock = memo(function CodeBlock({ code, language, isIncomplete }: CodeBlockProps) {
  const shown = ends(code);
  const lines = useColoredLines(shown.hidden > 0 ? '' : code, language, isIncomplete);
  const [wraps, setWraps] = useState(false);
  const { copied, copy } = useCopy();
  const name = languageName(language);
  return (
    <div className="code">
      <div className="code-h">
        <span className="grow trunc">{name}</span>
        <button
          type="button"
          className="ib"
          aria-label={t('chat.code.wrapLines', { language: name })}
          aria-pressed={wraps}
          onClick={() => setWraps(!wraps)}
        >
          <Icon name="wrap" />
          {t('chat.code.wrap')}
        </button>
        <button
          type="button"
          className="ib"
          aria-label={copied ? t('chat.actions.copied') : t('chat.code.copyCode', { language: name })}
          onClick={() => copy(code)}
        >
          <Icon name={copied ? 'check' : 'copy'} />
          {t(copied ? 'chat.actions.copied' : 'chat.code.copy')}
        </button>
      </div>
      <SideScroll className={wraps ? 'code-b wraps' : 'code-b'}>
        <pre>
          <code>{lines ? <Colored lines={lines} code={code} /> : <Plain {...shown} />}</code>
        </pre>
      </SideScroll>
    </div>
  );
});

function Plain({ head, hidden, tail }: ReturnType<typeof ends>) {
  return (
    <>
      {showDirections(head)}
      {hidden > 0 && (
        <span className="faint">{`\n${t('chat.markdown.hidden', { written: formatCount(hidden) })}\n`}</span>
      )}
      {showDirections(tail)}
    </>
  );
}

function Colored({ lines, code }: { lines: CodeToken[][]; code: string }) {
  const known = lines.reduce((length, line) => length + line.reduce((sum, token) => sum + token.content.length, 1), -1);
  return (
    <>
      {lines.map((line, row) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: lines have no identity but their place
        <Line key={row} line={line} isLast={row === lines.length - 1} />
      ))}
      {showDirections(code.slice(Math.max(0, known)))}
    </>
  );
}

const Line = memo(function Line({ line, isLast }: { line: CodeToken[]; isLast: boolean }) {
  return (
    <span className="code-line">
      {line.map((token, column) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: as above
        <span key={column} style={{ color: token.color }}>
          {showDirections(token.content)}
        </span>
      ))}
      {!isLast && '\n'}
    </span>
  );
});

/** Colours arrive a moment after the code; meanwhile the colours of what was there before stay. */
function useColoredLines(code: string, language: string, isIncomplete: boolean): CodeToken[][] | null {
  const [lines, setLines] = useState<{ code: string; lines: CodeToken[][] } | null>(null);
  useEffect(() => {
    let isCurrent = true;
    const accept = (colored: CodeToken[][]) => isCurrent && setLines({ code, lines: colored });
    const ready = colorCode(code, language, isIncomplete, accept);
    if (ready) accept(ready);
    return () => {
      isCurrent = false;
    };
  }, [code, language, isIncomplete]);
  return lines && code.startsWith(lines.code) ? lines.lines : null;
}
