import { decideWorkers, defaultNeed, startPolicy, type PolicySettings } from '../../services/autoscaler/src/index.ts';
import type { ScalingRule } from './simulate-fleet.ts';

/** Our own policy with its settings as shipped. */
export function reelayRule(jobSeconds: number, own: Partial<PolicySettings> = {}): ScalingRule {
  const settings = { ...defaultNeed, least: 1, most: 8, intervalMs: 5_000, coolDownMs: 30_000, ...own };
  let state = startPolicy(settings.least);
  return ({ atSeconds, running, ready, arrivalRate, busyFraction, lateShare }) => {
    const signals = {
      running,
      arrivalRate,
      serviceRate: 1 / jobSeconds,
      busyFraction,
      expiredShare: lateShare,
      fallbackShare: lateShare,
      ready,
      unacknowledged: null,
    };
    state = decideWorkers(state, signals, atSeconds * 1_000, settings).state;
    return state.wanted;
  };
}

export interface KedaSettings {
  /** Ready messages that one replica is to have: `value` of the RabbitMQ scaler in mode QueueLength. */
  value: number;
  least: number;
  most: number;
  /** `stabilizationWindowSeconds` of the autoscaler's scale-down. */
  stabiliseSeconds: number;
}

/** Defaults: KEDA's documentation of the RabbitMQ scaler (`value` 20) and Kubernetes' of the HorizontalPodAutoscaler (300 s). */
export const kedaDefaults: KedaSettings = { value: 20, least: 1, most: 8, stabiliseSeconds: 300 };

/**
 * KEDA's rule for RabbitMQ: desired = ⌈ready messages / value⌉ (messages taken and not acknowledged are not seen, kedacore/keda#5050), raised at
 * once, lowered to the highest desired number of the stabilisation window (Kubernetes, "Horizontal Pod Autoscaling", stabilization window).
 */
export function kedaRule({ value, least, most, stabiliseSeconds }: KedaSettings = kedaDefaults): ScalingRule {
  let desired: { atSeconds: number; workers: number }[] = [];
  return ({ atSeconds, ready }) => {
    const workers = Math.min(most, Math.max(least, Math.ceil(ready / value)));
    desired = [...desired.filter((one) => atSeconds - one.atSeconds < stabiliseSeconds), { atSeconds, workers }];
    return Math.max(...desired.map((one) => one.workers));
  };
}

/** A fleet for the peak, day and night. */
export const fixedRule =
  (workers: number): ScalingRule =>
  () =>
    workers;
