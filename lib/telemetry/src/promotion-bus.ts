/** The part of the bus that promotion needs: messages that are not stored. */
export interface PromotionBus {
  announce(subject: string, payload: Uint8Array): void;
  /** @returns the function that ends it */
  listen(subject: string, onMessage: (subject: string, payload: Uint8Array) => void): () => void;
}
