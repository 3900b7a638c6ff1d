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

/** A line of the simulator's log, joined with our own receipt of that answer. */
export interface LoggedAnswer {
  status: number;
  latencyMs: number;
  /** Movie ids joined by `,`; the failure's text when status is not 200. */
  result: string;
  /** Null when there is no receipt, or the answer came from no model. */
  modelVersion: string | null;
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
  /**
   * Every recommendation line with the model version of its receipt, in pages, in order of time. Lines and receipts name each other
   * nowhere: the receipt is the last one of that user from 3 s before the line to 1 s after it.
   */
  answers(window: TimeWindow, onAnswers: (answers: LoggedAnswer[]) => void | Promise<void>): Promise<void>;
}
