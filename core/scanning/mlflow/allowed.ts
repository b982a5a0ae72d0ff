const words = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

/** Modules of MLflow 3.17.2, and of versions since 1.0, that load data or a model of one library. */
export const LOADERS = words(`
  mlflow.catboost mlflow.diffusers mlflow.diviner mlflow.dspy mlflow.fastai mlflow.gluon mlflow.h2o mlflow.johnsnowlabs
  mlflow.keras mlflow.langchain mlflow.lightgbm mlflow.llama_index mlflow.mleap mlflow.mxnet mlflow.onnx mlflow.openai
  mlflow.paddle mlflow.pmdarima mlflow.prompt.promptlab_model mlflow.promptflow mlflow.prophet mlflow.pytorch
  mlflow.sentence_transformers mlflow.shap mlflow.sklearn mlflow.spacy mlflow.spark mlflow.statsmodels
  mlflow.tensorflow mlflow.transformers mlflow.xgboost`);

/** They load an object of a class of the author's own. */
export const PYTHON_LOADERS = words(`
  mlflow.pyfunc.model mlflow.pyfunc.loaders.chat_agent mlflow.pyfunc.loaders.chat_model
  mlflow.pyfunc.loaders.code_model mlflow.pyfunc.loaders.responses_agent`);

/** Modules that MLflow writes into a file of its own beside the weights, to import them again. */
export const NAMED_MODULES = words(`
  mlflow.pytorch.pickle_module pickle keras keras.src tf_keras tensorflow.keras tensorflow.python.keras.api.v2.keras`);

/** Settings of a flavor that are paths within the folder; others, like the URI of an artifact, tell where it came from. */
export const PATHS = words(`
  data code python_model pickled_model model_binary model_data model_path parameters_path conda virtualenv path`);
