import type { Manifest } from '@reelay/shared/contracts';
import type { SeededRandom } from '@reelay/shared/testing';

/** A version as it stands in the store: its files by name, the manifest among them. */
export type StoredFiles = Record<string, Uint8Array>;

/** A version before it is stored: the store makes checksums of whatever it is given. */
export interface UnstoredVersion {
  manifest: Omit<Manifest, 'files'>;
  files: StoredFiles;
}

export interface Damage {
  /** Where and how, for people. */
  what: string;
  /** Done to what stands in the store: checksums are wrong from then on. */
  stored?: StoredFiles;
  /** Done before it was stored: every checksum is right. */
  unstored?: UnstoredVersion;
}

interface Sound {
  stored: StoredFiles;
  unstored: UnstoredVersion;
  /** The same of another sound version. */
  other: { stored: StoredFiles; unstored: UnstoredVersion };
}

type Damager = (sound: Sound, random: SeededRandom) => Damage;

/** Blobs of floats from which lists are made; the known answer of the manifest covers them. */
const scoredBlobs = ['factors.f32', 'priors.f32'];

const one = <T>(values: readonly T[], random: SeededRandom): T => values[random.below(values.length)];
const blobs = (files: StoredFiles): string[] => Object.keys(files).filter((name) => name !== 'manifest.json');
const withFile = (files: StoredFiles, name: string, bytes: Uint8Array): StoredFiles => ({ ...files, [name]: bytes });

function flip({ stored }: Sound, random: SeededRandom): Damage {
  const name = one(Object.keys(stored), random);
  const [at, bit] = [random.below(stored[name].length), random.below(8)];
  const bytes = stored[name].with(at, stored[name][at] ^ (1 << bit));
  return { what: `bit ${bit} of byte ${at} of ${name}`, stored: withFile(stored, name, bytes) };
}

function cut({ stored }: Sound, random: SeededRandom): Damage {
  const name = one(Object.keys(stored), random);
  const length = random.below(stored[name].length);
  return { what: `${name} cut at ${length}`, stored: withFile(stored, name, stored[name].slice(0, length)) };
}

function lengthen({ stored }: Sound, random: SeededRandom): Damage {
  const name = one(blobs(stored), random);
  const more = Uint8Array.from({ length: 1 + random.below(64) }, () => random.below(256));
  const bytes = Uint8Array.from([...stored[name], ...more]);
  return { what: `${more.length} bytes behind ${name}`, stored: withFile(stored, name, bytes) };
}

function lose({ stored }: Sound, random: SeededRandom): Damage {
  const name = one(Object.keys(stored), random);
  const { [name]: _lost, ...rest } = stored;
  return { what: `${name} is gone`, stored: rest };
}

function blank({ stored }: Sound, random: SeededRandom): Damage {
  const name = one(Object.keys(stored), random);
  const from = random.below(stored[name].length);
  const bytes = stored[name].slice();
  // A page that was never written; other than zero where that would change nothing.
  for (let at = from; at < Math.min(bytes.length, from + 512); at++) bytes[at] = bytes[at] === 0 ? 255 : 0;
  return { what: `a page of ${name} from ${from}`, stored: withFile(stored, name, bytes) };
}

function swap({ stored }: Sound, random: SeededRandom): Damage {
  const [left, right] = random.shuffled(blobs(stored));
  const swapped = { ...stored, [left]: stored[right], [right]: stored[left] };
  return { what: `${left} and ${right} swapped`, stored: swapped };
}

function takeForeign({ stored, other }: Sound, random: SeededRandom): Damage {
  const different = blobs(stored).filter((name) => Buffer.compare(stored[name], other.stored[name]) !== 0);
  const name = one([...different, 'manifest.json'], random);
  return { what: `${name} of another version`, stored: withFile(stored, name, other.stored[name]) };
}

/** Another digit in the text of the manifest, wherever one stands. */
function miswriteManifest({ stored }: Sound, random: SeededRandom): Damage {
  const bytes = stored['manifest.json'].slice();
  const digits = [...bytes.keys()].filter((at) => bytes[at] >= 48 && bytes[at] <= 57);
  const at = one(digits, random);
  bytes[at] = 48 + ((bytes[at] - 48 + 1 + random.below(9)) % 10);
  return { what: `another digit at ${at} of manifest.json`, stored: withFile(stored, 'manifest.json', bytes) };
}

function writeNoNumber({ unstored }: Sound, random: SeededRandom): Damage {
  const name = one(scoredBlobs, random);
  const floats = new Float32Array(unstored.files[name].slice().buffer);
  const [at, value] = [random.below(floats.length), one([Number.NaN, Infinity, -Infinity], random)];
  floats[at] = value;
  const files = withFile(unstored.files, name, new Uint8Array(floats.buffer));
  return { what: `${value} as number ${at} of ${name}, checksum right`, unstored: { ...unstored, files } };
}

function storeForeign({ unstored, other }: Sound, random: SeededRandom): Damage {
  const name = one(scoredBlobs, random);
  const files = withFile(unstored.files, name, other.unstored.files[name]);
  return { what: `${name} of another version, checksum right`, unstored: { ...unstored, files } };
}

type Draft = UnstoredVersion['manifest'];
const manifestChanges: [string, (draft: Draft) => Partial<Draft>][] = [
  ['items', ({ items }) => ({ items: items + 1 })],
  ['factors', ({ factors }) => ({ factors: factors * 2 })],
  ['groups', ({ groups }) => ({ groups: groups + 1 })],
  ['objective', ({ objective }) => ({ objective: { ...objective, regularisation: objective.regularisation * 3 } })],
  ['hand-over', ({ objective }) => ({ objective: { ...objective, handOver: objective.handOver + 2 } })],
  ['probe', ({ probe }) => ({ probe: { ...probe, group: probe.group === 0 ? 1 : 0 } })],
  ['expected', ({ probe }) => ({ probe: { ...probe, expected: probe.expected.toReversed() } })],
];

function storeMiswritten({ unstored }: Sound, random: SeededRandom): Damage {
  const [name, change] = one(manifestChanges, random);
  const manifest = { ...unstored.manifest, ...change(unstored.manifest) };
  return { what: `other ${name} in the manifest, checksum right`, unstored: { ...unstored, manifest } };
}

export const damagers: Record<string, Damager> = {
  flip,
  cut,
  lengthen,
  lose,
  blank,
  swap,
  foreign: takeForeign,
  manifest: miswriteManifest,
  'no number': writeNoNumber,
  'foreign, stored': storeForeign,
  'manifest, stored': storeMiswritten,
};

/** The same damages for the same random numbers, each kind as often as the others. */
export function* drawDamages(sound: Sound, random: SeededRandom): Generator<Damage & { kind: string }> {
  for (;;) {
    for (const kind of random.shuffled(Object.keys(damagers))) yield { kind, ...damagers[kind](sound, random) };
  }
}
