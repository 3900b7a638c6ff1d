/** A message to people, as it was written; its form is the release-manager's own. Times are milliseconds since 1970. */
export interface StoredNotice {
  key: string;
  body: string;
  createdAt: number;
  /** When every channel had it, or had been given up; null before. */
  toldAt: number | null;
}

/** Messages to people, so that a restart neither loses nor repeats them. */
export interface NoticeLedger {
  /** False, and nothing changed, when the key is known already. */
  addNotice(notice: Omit<StoredNotice, 'toldAt'>): Promise<boolean>;
  /** An unknown key is no error. */
  setNoticeTold(key: string, at: number): Promise<void>;
  /** The newest `limit`, oldest first. */
  notices(limit: number): Promise<StoredNotice[]>;
}
