import { type ComponentProps, isValidElement, memo, type ReactNode } from 'react';
import {
  type Components,
  defaultRemarkPlugins,
  type ExtraProps,
  Streamdown,
  type StreamdownProps,
  useIsCodeFenceIncomplete,
} from 'streamdown';
import { actions } from '../store/window-actions.js';
import { CodeBlock } from './CodeBlock.js';
import { SideScroll } from './SideScroll.js';

const OPENED = /^(https?:|mailto:)/i;

/**
 * What a model wrote, while it writes it. HTML stays text, pictures become their description and links are opened by
 * the main process after asking: nothing in an answer can load or run anything.
 */
export const Markdown = memo(function Markdown({ text }: { text: string }) {
  return (
    <Streamdown
      className="md"
      components={COMPONENTS}
      remarkPlugins={REMARK_PLUGINS}
      rehypePlugins={REHYPE_PLUGINS}
      controls={false}
      linkSafety={{ enabled: false }}
    >
      {text}
    </Streamdown>
  );
});

interface MarkdownNode {
  type: string;
  value?: string;
  children?: MarkdownNode[];
}

/** Turns blocks of HTML into paragraphs of text, and keeps the lines of a paragraph as they were written. */
function asWritten() {
  const rewrite = (node: MarkdownNode): void => {
    node.children = node.children?.flatMap((child) => {
      rewrite(child);
      const isBlock = child.type === 'html' && node.type !== 'paragraph' && node.type !== 'heading';
      if (isBlock) return [{ type: 'paragraph', children: linesOf(child.value ?? '') }];
      return child.type === 'text' ? linesOf(child.value ?? '') : [child];
    });
  };
  return rewrite;
}

function linesOf(text: string): MarkdownNode[] {
  return text.split('\n').flatMap((value, index) => {
    const line = { type: 'text', value };
    return index === 0 ? [line] : [{ type: 'break' }, line];
  });
}

const REMARK_PLUGINS: StreamdownProps['remarkPlugins'] = [...Object.values(defaultRemarkPlugins), asWritten];
/** Without the plugin that parses HTML, what is left of it stays text. */
const REHYPE_PLUGINS: StreamdownProps['rehypePlugins'] = [];

type Of<Tag extends keyof React.JSX.IntrinsicElements> = ComponentProps<Tag> & ExtraProps;

const COMPONENTS: Components = {
  p: ({ children }: Of<'p'>) => <p dir="auto">{children}</p>,
  h1: ({ children }: Of<'h1'>) => (
    <h2 dir="auto" className="h1">
      {children}
    </h2>
  ),
  h2: ({ children }: Of<'h2'>) => (
    <h3 dir="auto" className="h2">
      {children}
    </h3>
  ),
  h3: ({ children }: Of<'h3'>) => (
    <h4 dir="auto" className="h3">
      {children}
    </h4>
  ),
  h4: ({ children }: Of<'h4'>) => (
    <h5 dir="auto" className="h3">
      {children}
    </h5>
  ),
  h5: ({ children }: Of<'h5'>) => (
    <h6 dir="auto" className="h3">
      {children}
    </h6>
  ),
  h6: ({ children }: Of<'h6'>) => (
    <h6 dir="auto" className="h3">
      {children}
    </h6>
  ),
  strong: ({ children }: Of<'strong'>) => <strong>{children}</strong>,
  ul: ({ children }: Of<'ul'>) => <ul>{children}</ul>,
  ol: ({ children, start }: Of<'ol'>) => <ol start={start}>{children}</ol>,
  li: ({ children }: Of<'li'>) => <li dir="auto">{children}</li>,
  blockquote: ({ children }: Of<'blockquote'>) => <blockquote dir="auto">{children}</blockquote>,
  hr: () => <hr />,
  section: ({ children }: Of<'section'>) => <div>{children}</div>,
  sub: ({ children }: Of<'sub'>) => <sub>{children}</sub>,
  sup: ({ children }: Of<'sup'>) => <sup>{children}</sup>,
  a: Link,
  img: ({ alt }: Of<'img'>) => <span className="picture">[picture: {alt || 'no description'}]</span>,
  table: Table,
  thead: ({ children }: Of<'thead'>) => <thead>{children}</thead>,
  tbody: ({ children }: Of<'tbody'>) => <tbody>{children}</tbody>,
  tr: ({ children }: Of<'tr'>) => <tr>{children}</tr>,
  th: ({ children, style }: Of<'th'>) => (
    <th dir="auto" className={alignOf(style)}>
      {children}
    </th>
  ),
  td: ({ children, style }: Of<'td'>) => (
    <td dir="auto" className={cellClass(children, style)}>
      {children}
    </td>
  ),
  pre: ({ children }: Of<'pre'>) => <Fence>{children}</Fence>,
  inlineCode: ({ children }: Of<'code'>) => <code>{children}</code>,
};

function Link({ href, children }: Of<'a'>) {
  if (!href || !OPENED.test(href)) return <span>{children}</span>;
  return (
    <a
      className="link"
      href={href}
      title={href}
      onClick={(event) => {
        event.preventDefault();
        actions.openExternal(href);
      }}
    >
      {children}
    </a>
  );
}

function Table({ children }: Of<'table'>) {
  return (
    <SideScroll className="tblw">
      <table>{children}</table>
    </SideScroll>
  );
}

function Fence({ children }: { children: ReactNode }) {
  const isIncomplete = useIsCodeFenceIncomplete();
  const { className, children: code } = isValidElement<ComponentProps<'code'>>(children) ? children.props : {};
  const language = /language-(\S+)/.exec(className ?? '')?.[1] ?? '';
  return <CodeBlock code={textOf(code).replace(/\n$/, '')} language={language} isIncomplete={isIncomplete} />;
}

function textOf(node: ReactNode): string {
  if (typeof node === 'string') return node;
  return Array.isArray(node) ? node.map(textOf).join('') : '';
}

function alignOf(style: React.CSSProperties | undefined): string | undefined {
  return style?.textAlign === 'right' ? 'r' : undefined;
}

const FIGURE = /^[+\-−±~≈<>]?[\d.,\s]*\d\s?[%‰°\p{L}/²³]{0,6}$/u;

function cellClass(children: ReactNode, style: React.CSSProperties | undefined): string | undefined {
  const align = alignOf(style);
  const isFigure = FIGURE.test(textOf(children).trim());
  return [align, isFigure && 'num'].filter(Boolean).join(' ') || undefined;
}
