/** What is wrong with a version once it has passed the gate; read from a file by the workers. */
export interface PlantedFault {
  version: string;
  /** `slow`: 60 ms of waiting in each batch. `order`: other items than those that were found. `unloadable`: no file of it can be read. `crash`: the worker dies of its first batch. */
  kind: 'slow' | 'order' | 'unloadable' | 'crash';
  /** Shown in place of what was found. */
  items?: string[];
}
