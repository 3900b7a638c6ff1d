export { trackFor } from './choose-track.ts';
export { gatewayConfig, type GatewayConfig } from './config.ts';
export type { GatewayState } from './count-answers.ts';
export { createReceiptExplainer, type ExplainReceipt } from './explain-receipt.ts';
export { findReceipt, loadReceipt } from './find-receipt.ts';
export { loadListsAlone } from './load-ready-lists.ts';
export { createGateway, type Gateway, type GatewayDeps } from './service.ts';
