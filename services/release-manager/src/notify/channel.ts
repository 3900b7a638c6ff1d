import type { Notice } from './notices.ts';

/** A way to people. `send` throws when the message may not have arrived; the same message may then come twice, never not at all. */
export interface Channel {
  readonly name: 'smtp' | 'slack';
  send(notice: Notice): Promise<void>;
  close(): void;
}
