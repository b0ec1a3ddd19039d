import { z } from 'zod';
import { EngineError } from '../errors.js';

const filled = z.string().trim().min(1);

const caseSchema = z.object({
  context: filled,
  questions: z
    .array(
      z.object({
        question: filled,
        answer: filled,
        /** How the assistant's reply begins; it is not asked for, but given. */
        answerPrefix: filled.optional(),
      }),
    )
    .min(1),
});

/** A long text and questions about facts in it. */
export type RetrievalCase = z.infer<typeof caseSchema>;
export type RetrievalQuestion = RetrievalCase['questions'][number];

/**
 * Cases from JSON lines: `{"context": "…", "questions": [{"question": "…", "answer": "…", "answerPrefix"?: "…"}]}`.
 * @param file as it is to be named in errors
 * @throws EngineError CASES_INVALID naming file, line and field
 */
export function parseRetrievalCases(text: string, file: string): RetrievalCase[] {
  const cases = text.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return [];
    return [parseCase(line, `${file}:${index + 1}`)];
  });
  if (cases.length > 0) return cases;
  throw new EngineError('CASES_INVALID', `${file} holds no cases. Each line is to be one: ${FORM}`);
}

const FORM = '{"context": "…", "questions": [{"question": "…", "answer": "…"}]}.';

function parseCase(line: string, place: string): RetrievalCase {
  let json: unknown;
  try {
    json = JSON.parse(line);
  } catch (cause) {
    throw invalid(place, `${cause instanceof Error ? cause.message : cause}`, cause);
  }
  const { data: parsed, error } = caseSchema.safeParse(json);
  if (!error) return parsed;
  const { path, message } = error.issues[0];
  throw invalid(place, `${path.length > 0 ? z.core.toDotPath(path) : 'the line'}: ${message}`, error);
}

function invalid(place: string, reason: string, cause: unknown): EngineError {
  return new EngineError('CASES_INVALID', `${place}: ${reason}. A case is ${FORM}`, { place }, { cause });
}
