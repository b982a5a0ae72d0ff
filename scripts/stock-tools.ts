import { installStockTools } from '../local/stock-tools.ts';

// Gets ready the tools of other makers that check what we sign, of which cosign takes minutes to build.
await installStockTools();
