import { hold } from '../../core/hold/contract.ts';
import { onDeployment } from '../platform/on-deployment.ts';
import { readEnv } from '../platform/read-env.ts';
import { openList } from './first-list.adapter.ts';

const env = readEnv(hold.reactors.openList);
const open = openList(env.HOLD_TABLE);

export const handler = onDeployment(async () => ({ name: await open() }));
