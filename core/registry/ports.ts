import type { Digest } from '../kernel/digest.ts';
import type { Fact } from '../kernel/fact.ts';
import type { LineageEdge } from '../lineage/contract.ts';
import type { RegisteredVersion } from './contract.ts';

export type Reservation = { root: Digest; attempt: string; registered: boolean };

export type Registry = {
  /** Reserves a version for a root. Resolves to the reservation that stands: ours, or that of whoever came first. */
  reserve(subject: { model: string; version: string }, root: Digest, attempt: string): Promise<Reservation>;
  /**
   * Turns the reservation into the registered version; writes model head, lineage and fact with it or nothing.
   * @returns false if it was registered before
   * @throws ReservationLost when the version is not reserved for this root
   */
  register(version: RegisteredVersion, edges: readonly LineageEdge[], fact: Fact): Promise<boolean>;
};
