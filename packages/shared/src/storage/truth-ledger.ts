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

/** What `settleAnswers` did. */
export interface SettledAnswers {
  /** Recommendation lines that were looked at. */
  lines: number;
  /** Those of them that have a receipt now. */
  linked: number;
}

/** What became of the answers of one model version. */
export interface VersionOutcomes {
  /** Null: no receipt was found for the line, or the answer came from no model. */
  modelVersion: string | null;
  /** Recommendation lines, and those with status 200, which are the answers. */
  requests: number;
  answers: number;
  /** Answers that a model made from the user's own history. */
  personalised: number;
  /** Answers of which something was watched. */
  hits: number;
  /** Distinct minutes watched of what was recommended. */
  minutes: number;
  /** Ratings of what was recommended, and their sum. */
  ratings: number;
  ratingSum: number;
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
   * Writes down what became of each answer, in the view `online_truth`: which receipt is that of the line, and what of the list the
   * user watched and rated within `windowSeconds` of log time. A minute or rating counts for the last answer before it that had the movie
   * on its list, and for no other. Receipts are found by user and list (`listHash`), so the log's clock may be any. Lines whose window
   * is over are not looked at again; the same call twice changes nothing.
   */
  settleAnswers(options: { windowSeconds: number }): Promise<SettledAnswers>;
  /** Every recommendation line with the model version of its receipt as last settled, in pages, in order of time. */
  answers(window: TimeWindow, onAnswers: (answers: LoggedAnswer[]) => void | Promise<void>): Promise<void>;
  /** As last settled, by model version. */
  outcomes(window: TimeWindow): Promise<VersionOutcomes[]>;
}
