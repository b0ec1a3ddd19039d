import { z } from 'zod';

/** Says what is allowed, whatever is wrong. */
export const allowed = (range: string) => ({
  error: ({ input }: { input?: unknown }) =>
    `must be ${range}, ${input === undefined ? 'and is missing' : `not ${JSON.stringify(input)}`}`,
});
export const number = (min: number, max: number) => {
  const says = allowed(`a number from ${min} to ${max}`);
  return z.number(says).min(min, says).max(max, says);
};
export const whole = (min: number, max: number) => {
  const says = allowed(`a whole number from ${min} to ${max}`);
  return z.int(says).min(min, says).max(max, says);
};
export const object = <Shape extends z.ZodRawShape>(shape: Shape) =>
  z.strictObject(shape, {
    error: ({ code, input, keys }) =>
      code === 'unrecognized_keys'
        ? `has no ${keys?.join(', no ')}; it has ${Object.keys(shape).join(', ')}`
        : allowed(`an object of ${Object.keys(shape).join(', ')}`).error({ input }),
  });
export const oneOf = <const Names extends readonly string[]>(names: Names) =>
  z.enum(names, allowed(`one of ${names.join(', ')}`));
export const flag = z.boolean(allowed('true or false'));

/** Of an object that is of one kind or another: what the field may be that says which. */
export const kindOf = (field: string, kinds: readonly string[]) => ({
  error: ({ code, input }: { code?: string; input?: unknown }) => {
    const kind = typeof input === 'object' && input !== null ? Reflect.get(input, field) : undefined;
    return code === 'invalid_union'
      ? allowed(`one of ${kinds.join(', ')}`).error({ input: kind })
      : allowed(`an object with ${field}, one of ${kinds.join(', ')}`).error({ input });
  },
});
