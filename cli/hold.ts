import { holdApi, type PlaceHoldResponse } from '../core/hold/api.ts';
import { describeScope } from '../core/hold/describe-hold.ts';
import { registryApi } from '../core/registry/api.ts';
import { holdLines } from './hold-text.ts';
import { couldNotTell, EXIT, misused, type Outcome } from './outcome.ts';
import type { Plane } from './plane.ts';
import { timeToCome } from './when.ts';

export type HoldRequest = {
  readonly model?: string | undefined;
  readonly version?: string | undefined;
  readonly env?: string | undefined;
  readonly everything: boolean;
  readonly reason: string;
  readonly effect: 'pause' | 'evict';
  readonly severity: 'ticket' | 'page';
  readonly expires?: string | undefined;
};

/** What was placed, and what about it may be a slip. */
type PlacedHold = PlaceHoldResponse & { readonly warnings: readonly string[] };

const scopeOf = ({ model, version, env, everything }: HoldRequest) => {
  const named = { model, version, environment: env };
  const none = Object.values(named).every((name) => name === undefined);
  if (everything && !none)
    throw misused({ path: '--everything', message: 'everything is held, or what is named; not both' });
  if (none && !everything)
    throw misused({
      path: '--model',
      message: 'nothing says what to hold',
      fix: 'Name --model, --env or both (and --version of a model), or hold --everything.',
    });
  if (version !== undefined && model === undefined)
    throw misused({ path: '--version', message: 'a version is one of a model', fix: 'Name --model too.' });
  return everything ? { everything: true as const } : named;
};

/** A hold on a name that nobody registered holds nothing, and whoever mistyped it believes the opposite. */
const slips = async ({ model, version }: HoldRequest, plane: Plane): Promise<string[]> => {
  if (model === undefined) return [];
  const known = await plane.ask(registryApi.model, { model }).catch(() => 'not to be told' as const);
  if (known === 'not to be told') return [];
  if (known === undefined) return [`no version of ${model} is registered: is this the model that you mean?`];
  if (version === undefined || known.versions.some((each) => each.version === version)) return [];
  return [`${model} ${version} is not registered: is this the version that you mean?`];
};

const HEADLINES: Readonly<Record<PlaceHoldResponse['outcome'], string>> = {
  placed: 'is held from now on',
  raised: 'was held by you already, and is held more gravely from now on',
  repeated: 'was held by you already; your reason and the later expiry count',
};

/** Places a hold under the caller's own name. */
export const hold = async (request: HoldRequest, plane: Plane, now: Date): Promise<Outcome<PlacedHold>> => {
  const { reason, effect, severity, expires } = request;
  const body = {
    scope: scopeOf(request),
    reason,
    effect,
    severity,
    ...(expires !== undefined && { expiresAt: timeToCome('--expires', expires, now) }),
  };
  const placed = await plane.tell(holdApi.place, {}, body);
  if (placed === undefined)
    throw couldNotTell({ message: 'the plane has no holds', fix: 'Deploy a version that has.' });
  const warnings = await slips(request, plane);
  const [, ...lines] = holdLines(placed.hold, { now, stage: (await plane.address()).stage });
  const text = [
    `✓ ${describeScope(placed.hold.scope)} ${HEADLINES[placed.outcome]} (${placed.hold.severity})`,
    ...lines,
    ...warnings.map((warning) => `! ${warning}`),
  ].join('\n');
  return { exitCode: EXIT.yes, document: { ...placed, warnings }, text };
};
