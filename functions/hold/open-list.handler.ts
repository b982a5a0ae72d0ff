import { hold } from '../../core/hold/contract.ts';
import { onDeployment } from '../platform/on-deployment.ts';
import { readEnv } from '../platform/read-env.ts';
import { openList } from './first-list.adapter.ts';

const env = readEnv(hold.reactors.openList);

export const handler = onDeployment(openList(env.HOLD_TABLE));
