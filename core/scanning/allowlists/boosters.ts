import type { AllowlistSource } from './source.ts';

/**
 * Python objects around a native model. As state they take the model as bytes or text and hand it to the library's own
 * parser; called with arguments, a Booster opens the file that they name, so these are made empty or not at all.
 */
export const XGBOOST: AllowlistSource = {
  producer: 'xgboost',
  version: '3.2.0',
  calls: '',
  bare: `
xgboost.core: Booster
xgboost.sklearn: XGBModel XGBClassifier XGBRFClassifier XGBRegressor XGBRFRegressor XGBRanker
`,
  mentions: '',
};

export const LIGHTGBM: AllowlistSource = {
  producer: 'lightgbm',
  version: '4.7.0',
  calls: '',
  bare: `
lightgbm.basic: Booster
lightgbm.sklearn: LGBMModel LGBMClassifier LGBMRegressor LGBMRanker
`,
  mentions: '',
};

export const CATBOOST: AllowlistSource = {
  producer: 'catboost',
  version: '1.2.10',
  calls: '',
  bare: `
catboost.core: CatBoost CatBoostClassifier CatBoostRegressor CatBoostRanker
`,
  mentions: '',
};
