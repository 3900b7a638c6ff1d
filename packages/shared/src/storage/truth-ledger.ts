/** A stretch of log time in epoch seconds: `from` belongs to it, `to` does not. */
export interface TimeWindow {
  from: number;
  to: number;
}

/** Requests of one hour as the simulator logged them, folded so that exact percentiles need no more than this. */
export interface RequestHour {
  /** Its first second: a multiple of 3,600. */
  hour: number;
  /** Recommendation lines, answered in time or not. */
  requests: number;
  /** Latencies of the lines with status 200, ascending, and how many lines have each. */
  latencies: { latencyMs: number; lines: number }[];
  /** Minutes with requests of which none has status 200. */
  minutesDown: number;
}

/** What the simulator itself logged about its requests: the truth about availability as graded. */
export interface TruthLedger {
  /** From the oldest recommendation line to the second behind the newest; undefined when there is none. */
  requestSpan(): Promise<TimeWindow | undefined>;
  /**
   * Hours that have requests, in order, page by page (a page is at most one day). An hour or a minute that sticks out of the
   * window is told with what lies inside.
   */
  requestHours(window: TimeWindow, onHours: (hours: RequestHour[]) => void | Promise<void>): Promise<void>;
  /** The list of every line with status 200, movie ids joined by `,`; in pages, in order of time. */
  answeredLists(window: TimeWindow, onLists: (lists: string[]) => void | Promise<void>): Promise<void>;
}
