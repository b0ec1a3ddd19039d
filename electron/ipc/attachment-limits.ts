/** A larger file is refused before it is read. */
export const MAX_ATTACHMENT_BYTES = 32_000_000;
/** UTF-16 units of the text of one file. */
export const MAX_ATTACHMENT_LENGTH = 4_000_000;
