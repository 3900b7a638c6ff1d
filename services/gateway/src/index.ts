export { trackFor } from './choose-track.ts';
export { gatewayConfig, type GatewayConfig } from './config.ts';
export type { GatewayState } from './count-answers.ts';
export { createReceiptExplainer, type ExplainReceipt } from './explain-receipt.ts';
export { findReceipt } from './find-receipt.ts';
export { createGateway, type Gateway, type GatewayDeps } from './service.ts';
