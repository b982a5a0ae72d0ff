import type { Traffic } from '../../core/monitor/ports.ts';
import { registeredManifests } from '../platform/registered-manifests.adapter.ts';
import { minutes } from '../platform/telemetry-minutes.adapter.ts';
import { windows } from '../platform/telemetry-windows.adapter.ts';

type Places = {
  TELEMETRY_TABLE: string;
  TELEMETRY_BUCKET: string;
  REGISTRY_TABLE: string;
  EVIDENCE_BUCKET: string;
};

/** What telemetry counted. */
export const telemetryTraffic = (places: Places): Traffic => {
  const counted = windows({
    table: places.TELEMETRY_TABLE,
    bucket: places.TELEMETRY_BUCKET,
    manifests: registeredManifests(places.REGISTRY_TABLE, places.EVIDENCE_BUCKET),
  });
  return { windows: counted.read, minutes: minutes(places.TELEMETRY_TABLE), baseline: counted.baseline };
};
