import { z } from 'zod';

/** In lower case, as every file of the app has it. */
export const sha256 = z.string().regex(/^[0-9a-f]{64}$/);
