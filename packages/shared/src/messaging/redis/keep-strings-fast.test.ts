import { execFileSync } from 'node:child_process';
import { describe, expect, test } from 'vitest';

/** What a fresh process says of `String.prototype` after these imports. */
function stringsAfter(...imports: string[]): string {
  const tell = `console.log(%HasFastProperties(String.prototype) ? 'fast' : 'slow')`;
  const program = [...imports.map((name) => `await import('${name}');`), tell].join('\n');
  const flags = ['--allow-natives-syntax', '--input-type=module', '--no-warnings'];
  return execFileSync(process.execPath, [...flags, '--eval', program], { cwd: import.meta.dirname })
    .toString()
    .trim();
}

const ownModule = (name: string): string => new URL(name, import.meta.url).href;

describe('methods of texts', () => {
  test('are found at once where the store is used', () => {
    expect(stringsAfter(ownModule('redis-client.ts'))).toBe('fast');
  });

  test('planted: with the driver alone they are searched for, and that is told', () => {
    expect(stringsAfter('ioredis')).toBe('slow');
  });
});
