import { Component, memo, type ReactNode, useMemo } from 'react';
import { Block, type BlockProps, Streamdown } from 'streamdown';
import { formatCount } from '../format.js';
import { t } from '../words.js';
import { blocksOf, fencedCode } from './blocks.js';
import { CodeBlock } from './CodeBlock.js';
import { MARKDOWN_PARTS } from './markdown-parts.js';
import { REHYPE_PLUGINS, REMARK_PLUGINS } from './markdown-plugins.js';
import { withMathMarks } from './math-marks.js';
import { ends, LONGEST_MARKDOWN, staysPlain } from './plain-blocks.js';
import { usePacedText } from './use-paced-text.js';

interface MarkdownProps {
  text: string;
  /** More of it is coming. */
  isGrowing?: boolean;
}

/**
 * What a model wrote, while it writes it. HTML stays text, pictures become their description and links are opened by
 * the main process after asking: nothing in an answer can load or run anything, and none is too long to be shown.
 */
export const Markdown = memo(function Markdown({ text: whole, isGrowing = false }: MarkdownProps) {
  const text = usePacedText(whole, isGrowing);
  const isLong = text.length > LONGEST_MARKDOWN;
  const marked = useMemo(() => (isLong ? '' : withMathMarks(text)), [text, isLong]);
  const wording = useMemo(() => ({ footnoteLabel: t('chat.markdown.footnotes') }), []);
  if (isLong) return <PlainText text={text} />;
  return (
    <Streamdown
      className="md"
      components={MARKDOWN_PARTS}
      remarkPlugins={REMARK_PLUGINS}
      rehypePlugins={REHYPE_PLUGINS}
      remarkRehypeOptions={wording}
      BlockComponent={MarkdownBlock}
      parseMarkdownIntoBlocksFn={blocksOf}
      isAnimating={isGrowing}
      controls={false}
      linkSafety={{ enabled: false }}
    >
      {marked}
    </Streamdown>
  );
});

const MarkdownBlock = memo(function MarkdownBlock(props: BlockProps) {
  const plain = <PlainBlock text={props.content} />;
  if (staysPlain(props.content)) return plain;
  const fenced = fencedCode(props.content);
  if (fenced) return <CodeBlock code={fenced.code} language={fenced.language} isIncomplete={!fenced.isClosed} />;
  return (
    <Unparsed instead={plain}>
      <Block {...props} />
    </Unparsed>
  );
});

/** Shows a block as it is written where it cannot be parsed. */
class Unparsed extends Component<{ instead: ReactNode; children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };
  static getDerivedStateFromError = () => ({ failed: true });
  override render() {
    return this.state.failed ? this.props.instead : this.props.children;
  }
}

/** Of a block that is too long for the window, the beginning and the end. */
function PlainBlock({ text }: { text: string }) {
  const { head, hidden, tail } = ends(text);
  return (
    <div className="plain" dir="auto">
      {head}
      {hidden > 0 && <p className="faint">{t('chat.markdown.hidden', { written: formatCount(hidden) })}</p>}
      {tail}
    </div>
  );
}

function PlainText({ text }: { text: string }) {
  return (
    <div className="md">
      <p className="faint">{t('chat.markdown.unformatted')}</p>
      <PlainBlock text={text} />
    </div>
  );
}
