import { type ComponentProps, isValidElement, type ReactNode } from 'react';
import { type Components, type ExtraProps, useIsCodeFenceIncomplete } from 'streamdown';
import { actions } from '../store/window-actions.js';
import { t } from '../words.js';
import { CodeBlock } from './CodeBlock.js';
import { Formula } from './Formula.js';
import { showDirections, withoutHidden } from './hidden-characters.js';
import { linkAddress } from './link-address.js';
import { DISPLAYED } from './markdown-plugins.js';
import { SideScroll } from './SideScroll.js';

type Of<Tag extends keyof React.JSX.IntrinsicElements> = ComponentProps<Tag> & ExtraProps;

/** How each part of markdown is shown. */
export const MARKDOWN_PARTS: Components = {
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
  img: Picture,
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
  inlineCode: InlineCode,
};

function Link({ href, children }: Of<'a'>) {
  const words = textOf(children);
  const address = href ? linkAddress(href, words) : null;
  if (!address) return <span>{children}</span>;
  return (
    <>
      <a
        className="link"
        href={address.href}
        title={address.href}
        onClick={(event) => {
          event.preventDefault();
          actions.openExternal(address.href);
        }}
      >
        {children}
      </a>
      {address.told !== null && <bdi className="leads-to"> {t('chat.markdown.leadsTo', { place: address.told })}</bdi>}
    </>
  );
}

/** Its description; nothing is loaded. */
function Picture({ alt, src }: Of<'img'>) {
  const address = typeof src === 'string' ? linkAddress(src, '') : null;
  return (
    <span className="picture" title={address?.href}>
      {t('chat.markdown.picture', { about: alt ? withoutHidden(alt) : t('chat.markdown.noDescription') })}
    </span>
  );
}

function Table({ children }: Of<'table'>) {
  return (
    <SideScroll className="tblw">
      <table>{children}</table>
    </SideScroll>
  );
}

function Fence({ children }: { children?: ReactNode }) {
  const isIncomplete = useIsCodeFenceIncomplete();
  const { className, children: code } = isValidElement<ComponentProps<'code'>>(children) ? children.props : {};
  const language = /language-(\S+)/.exec(className ?? '')?.[1] ?? '';
  const text = textOf(code).replace(/\n$/, '');
  if (language === 'math') return <Formula tex={text} isDisplay />;
  return <CodeBlock code={text} language={language} isIncomplete={isIncomplete} />;
}

function InlineCode({ className, children }: Of<'code'>) {
  const text = textOf(children);
  if (!className?.includes('math-inline')) return <code>{showDirections(text)}</code>;
  return <Formula tex={text} isDisplay={className.includes(DISPLAYED)} />;
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
