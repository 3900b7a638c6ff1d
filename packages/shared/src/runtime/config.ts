import { readFileSync } from 'node:fs';
import type { z } from 'zod';
import { AppError, messageOf } from './errors.ts';

/**
 * Reads a service's settings from the environment by its schema. `NAME_FILE` names a file that holds the value of
 * `NAME` (secrets). All problems are reported at once, in one `CONFIG_INVALID`.
 */
export function loadConfig<Schema extends z.ZodObject>(
  schema: Schema,
  environment: Record<string, string | undefined>,
): z.infer<Schema> {
  const problems: string[] = [];
  const values: Record<string, string> = {};
  for (const name of Object.keys(schema.shape)) {
    try {
      const value = valueOf(name, environment);
      if (value !== undefined && value !== '') values[name] = value;
    } catch (error) {
      problems.push(`${name}_FILE: ${messageOf(error)}`);
    }
  }
  const parsed = schema.safeParse(values);
  if (!parsed.success)
    problems.push(...parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`));
  if (problems.length > 0 || !parsed.success) {
    throw new AppError('CONFIG_INVALID', `settings are not usable:\n  ${problems.join('\n  ')}`);
  }
  return parsed.data;
}

function valueOf(name: string, environment: Record<string, string | undefined>): string | undefined {
  const file = environment[`${name}_FILE`];
  return file === undefined || file === '' ? environment[name] : readFileSync(file, 'utf8').trim();
}
