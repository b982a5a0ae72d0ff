import type { AllowlistSource } from './source.ts';

/** One class for each of the number types that the state-space code is compiled for. */
const compiled = (...names: readonly string[]): string =>
  names.flatMap((name) => ['c', 'd', 's', 'z'].map((type) => `${type}${name}`)).join(' ');

/**
 * Models and results. The state of `statsmodels.base.data` classes is guarded: where the model was given as a formula,
 * their state setter evaluates that formula, which is Python. The compiled classes take arrays and one another.
 */
export const STATSMODELS: AllowlistSource = {
  producer: 'statsmodels',
  version: '0.15.0',
  calls: `
statsmodels.tsa.statespace._initialization: ${compiled('Initialization')}
statsmodels.tsa.statespace._kalman_filter: ${compiled('KalmanFilter')}
statsmodels.tsa.statespace._kalman_smoother: ${compiled('KalmanSmoother')}
statsmodels.tsa.statespace._representation: ${compiled('Statespace')}
statsmodels.tsa.statespace._simulation_smoother: ${compiled('SimulationSmoother')}
`,
  bare: `
statsmodels.base.data: ModelData PandasData
statsmodels.base.model: LikelihoodModelResults
statsmodels.discrete.discrete_model: BinaryResults BinaryResultsWrapper CountResults CountResultsWrapper Logit
  LogitResults MNLogit MultinomialResults MultinomialResultsWrapper Poisson PoissonResults PoissonResultsWrapper Probit
  ProbitResults
statsmodels.genmod.families.family: Binomial Gamma Gaussian InverseGaussian NegativeBinomial Poisson Tweedie
statsmodels.genmod.families.links: Cauchy CDFLink CLogLog Identity InversePower InverseSquared Log LogC Logit LogLog
  NegativeBinomial Power Probit Sqrt
statsmodels.genmod.families.varfuncs: Binomial NegativeBinomial Power VarianceFunction
statsmodels.genmod.generalized_linear_model: GLM GLMResults GLMResultsWrapper
statsmodels.regression.linear_model: GLS GLSAR OLS OLSResults RegressionResults RegressionResultsWrapper WLS
statsmodels.regression.quantile_regression: QuantReg QuantRegResults
statsmodels.robust.norms: AndrewWave Hampel HuberT LeastSquares RamsayE TrimmedMean TukeyBiweight
statsmodels.robust.robust_linear_model: RLM RLMResults RLMResultsWrapper
statsmodels.robust.scale: Huber HuberScale
statsmodels.tools.tools: Bunch
statsmodels.tsa.ar_model: AutoReg AutoRegResults AutoRegResultsWrapper
statsmodels.tsa.arima.model: ARIMA ARIMAResults ARIMAResultsWrapper
statsmodels.tsa.arima.params: SARIMAXParams
statsmodels.tsa.arima.specification: SARIMAXSpecification
statsmodels.tsa.base.tsa_model: TimeSeriesModel
statsmodels.tsa.exponential_smoothing.ets: ETSModel ETSResults ETSResultsWrapper
statsmodels.tsa.holtwinters.model: ExponentialSmoothing Holt SimpleExpSmoothing
statsmodels.tsa.holtwinters.results: HoltWintersResults HoltWintersResultsWrapper
statsmodels.tsa.statespace.initialization: Initialization
statsmodels.tsa.statespace.kalman_filter: FilterResults KalmanFilter
statsmodels.tsa.statespace.kalman_smoother: KalmanSmoother SmootherResults
statsmodels.tsa.statespace.representation: FrozenRepresentation Representation
statsmodels.tsa.statespace.sarimax: SARIMAX SARIMAXResults SARIMAXResultsWrapper
statsmodels.tsa.statespace.simulation_smoother: SimulationSmoother SimulationSmoothResults
`,
  mentions: '',
};
