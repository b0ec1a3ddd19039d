import { z } from 'zod';
import contents from '../../../assets/assistants.json' with { type: 'json' };
import { type Assistant, assistant } from '../../ipc/assistant-contract.js';

/** Those that come with the app. */
export const BUILT_IN: readonly Assistant[] = z
  .strictObject({ assistants: z.array(assistant) })
  .parse(contents).assistants;
