import { REWRITE, type Rule, suspicious } from './rule.ts';

const WHY =
  'Its parts contradict each other; readers written in C++ trust them and read or write outside of the model.';

/** Native files of gradient-boosting libraries: numbers only, but read by code that checks little. */
export const BOOSTER_RULES = {
  'xgboost.malformed': suspicious(`The XGBoost model is damaged or forged. ${WHY}`, REWRITE),
  'lightgbm.malformed': suspicious(`The LightGBM model is damaged or forged. ${WHY}`, REWRITE),
  'catboost.malformed': suspicious(`The CatBoost model is damaged or forged. ${WHY}`, REWRITE),
} satisfies Record<string, Rule>;
