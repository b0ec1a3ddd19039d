import remarkMath from 'remark-math';
import { defaultRemarkPlugins, type StreamdownProps } from 'streamdown';
import { showOverrides, withoutHidden } from './hidden-characters.js';

/** The class of a formula that stands on a line of its own. */
export const DISPLAYED = 'math-display';

interface MarkdownNode {
  type: string;
  value?: string;
  children?: MarkdownNode[];
  data?: { hProperties?: { className?: string[] } };
}

const HOLDS_BLOCKS: ReadonlySet<string> = new Set(['root', 'blockquote', 'listItem', 'footnoteDefinition']);

/**
 * Turns blocks of HTML into paragraphs of text, keeps the lines of a paragraph as they were written, and shows what
 * would hide.
 */
function asWritten() {
  const rewrite = (node: MarkdownNode, isLink: boolean): void => {
    const inLink = isLink || node.type === 'link' || node.type === 'linkReference';
    if (!node.children) return;
    node.children = node.children.flatMap((child) => {
      rewrite(child, inLink);
      const isBlock = child.type === 'html' && HOLDS_BLOCKS.has(node.type);
      if (isBlock) return [{ type: 'paragraph', children: linesOf(child.value ?? '', inLink) }];
      return child.type === 'text' || child.type === 'html' ? linesOf(child.value ?? '', inLink) : [child];
    });
    node.children.forEach((child, at, all) => {
      if (child.type !== 'inlineMath' || !isLineEnd(all[at - 1]) || !isLineEnd(all[at + 1])) return;
      child.data?.hProperties?.className?.push(DISPLAYED);
    });
  };
  return (tree: MarkdownNode) => rewrite(tree, false);
}

function isLineEnd(node: MarkdownNode | undefined): boolean {
  return node === undefined || node.type === 'break';
}

function linesOf(text: string, inLink: boolean): MarkdownNode[] {
  const shown = inLink ? withoutHidden(text) : showOverrides(text);
  return shown.split('\n').flatMap((value, index) => {
    const line = value === '' ? [] : [{ type: 'text', value }];
    return index === 0 ? line : [{ type: 'break' }, ...line];
  });
}

const MATH = [remarkMath, { singleDollarTextMath: false }] as const;

export const REMARK_PLUGINS: StreamdownProps['remarkPlugins'] = [
  ...Object.values(defaultRemarkPlugins),
  [...MATH],
  asWritten,
];
/** Without the plugin that parses HTML, what is left of it stays text. */
export const REHYPE_PLUGINS: StreamdownProps['rehypePlugins'] = [];
