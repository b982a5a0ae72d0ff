"""Libraries around scikit-learn whose models are pickles: statistics, resampling, encoders, hidden states, text."""

import category_encoders
import gensim
import hmmlearn.hmm
import imblearn
import nltk
import numpy as np
import statsmodels
import statsmodels.api as sm
from category_encoders import BinaryEncoder, OrdinalEncoder, TargetEncoder
from gensim.corpora import Dictionary
from gensim.models import Doc2Vec, FastText, LdaModel, Phrases, TfidfModel, Word2Vec
from gensim.models.doc2vec import TaggedDocument
from imblearn.ensemble import BalancedRandomForestClassifier, EasyEnsembleClassifier, RUSBoostClassifier
from imblearn.over_sampling import ADASYN, SMOTE, RandomOverSampler
from imblearn.pipeline import make_pipeline
from imblearn.under_sampling import NearMiss, RandomUnderSampler
from sklearn.linear_model import LogisticRegression
from statsmodels.tsa.api import SARIMAX, ExponentialSmoothing, SimpleExpSmoothing

import data
from models import PROTOCOLS, Models


def statsmodels_models(models: Models) -> None:
    library = models.of(f"statsmodels {statsmodels.__version__}")
    rows = sm.add_constant(data.body[:, :3])
    series = data.progression[:48]
    results = {
        "ols": sm.OLS(data.progression, rows).fit(),
        "ols-table": sm.OLS(data.table["petal width"], sm.add_constant(data.table[["petal length"]])).fit(),
        "glm": sm.GLM(data.progression, rows, family=sm.families.Poisson()).fit(),
        "logit": sm.Logit((data.progression > 150).astype(int), rows).fit(disp=False),
        "robust": sm.RLM(data.progression, rows).fit(),
        "smoothing": ExponentialSmoothing(series, trend="add", seasonal="add", seasonal_periods=12, initialization_method="estimated").fit(),
        "simple-smoothing": SimpleExpSmoothing(series, initialization_method="estimated").fit(),
        "sarimax": SARIMAX(series, order=(1, 0, 0)).fit(disp=False),
    }
    for name, result in results.items():
        result.save(str(library.path(f"{name}.pickle")))


def imblearn_models(models: Models) -> None:
    library = models.of(f"imbalanced-learn {imblearn.__version__}")
    for sampler in (SMOTE(k_neighbors=2), ADASYN(), RandomOverSampler(), RandomUnderSampler(), NearMiss()):
        name = type(sampler).__name__
        model = make_pipeline(sampler, LogisticRegression()).fit(data.rows[20:], data.is_first[:30])
        library.joblib(f"pipeline-{name}.joblib", model)
    for cls in (BalancedRandomForestClassifier, EasyEnsembleClassifier, RUSBoostClassifier):
        library.pickle(f"{cls.__name__}.pkl", cls(n_estimators=3).fit(data.rows, data.is_first))


def encoder_models(models: Models) -> None:
    library = models.of(f"category-encoders {category_encoders.__version__}")
    for cls in (BinaryEncoder, OrdinalEncoder, TargetEncoder):
        library.pickle(f"{cls.__name__}.pkl", cls(cols=["colour"]).fit(data.mixed[["colour"]], data.is_first))


def hidden_markov_models(models: Models) -> None:
    library = models.of(f"hmmlearn {hmmlearn.__version__}")
    library.pickle("gaussian.pkl", hmmlearn.hmm.GaussianHMM(2, n_iter=3).fit(data.rows))
    library.joblib("mixture.joblib", hmmlearn.hmm.GMMHMM(2, n_iter=3).fit(data.rows))
    library.pickle("categorical.pkl", hmmlearn.hmm.CategoricalHMM(2, n_iter=3).fit(data.species.reshape(-1, 1)))


def nltk_models(models: Models) -> None:
    library = models.of(f"nltk {nltk.__version__}")
    tagged = [[("the", "DT"), ("flower", "NN"), ("blooms", "VBZ")], [("a", "DT"), ("petal", "NN")]]
    unigram = nltk.UnigramTagger(tagged, backoff=nltk.DefaultTagger("NN"))
    trainer = nltk.tokenize.punkt.PunktTrainer()
    trainer.train(". ".join(data.texts) + ".")
    samples = [({"length": round(row[2])}, name) for row, name in zip(data.rows, data.SPECIES.tolist())]
    made = {
        "unigram-tagger": unigram, "bigram-tagger": nltk.BigramTagger(tagged, backoff=unigram),
        "punkt": nltk.tokenize.punkt.PunktSentenceTokenizer(trainer.get_params()),
        "naive-bayes": nltk.NaiveBayesClassifier.train(samples),
        "decision-tree": nltk.DecisionTreeClassifier.train(samples),
        "frequencies": nltk.ConditionalFreqDist((tag, word) for sentence in tagged for word, tag in sentence),
    }
    for name, value in made.items():
        library.pickle(f"{name}.pickle", value)
        library.pickle(f"{name}-2.pickle", value, 2)


def gensim_models(models: Models) -> None:
    library = models.of(f"gensim {gensim.__version__}")
    words = [text.split() for text in data.texts]
    small = {"vector_size": 8, "min_count": 1, "epochs": 1, "workers": 1, "seed": 0}
    dictionary = Dictionary(words)
    bags = [dictionary.doc2bow(text) for text in words]
    documents = [TaggedDocument(text, [index]) for index, text in enumerate(words)]
    vectors = Word2Vec(words, **small)
    made = {
        "word2vec.model": vectors, "keyed-vectors.kv": vectors.wv, "dictionary.dict": dictionary,
        "doc2vec.model": Doc2Vec(documents, **small), "fasttext.model": FastText(words, bucket=50, **small),
        "lda.model": LdaModel(bags, num_topics=2, id2word=dictionary, random_state=0),
        "tfidf.model": TfidfModel(bags), "phrases.model": Phrases(words),
    }
    for name, value in made.items():
        value.save(str(library.path(name)))
    vectors.wv.save_word2vec_format(str(library.path("vectors.bin")), binary=True)
    vectors.wv.save_word2vec_format(str(library.path("vectors.txt")), binary=False)


def make(models: Models) -> None:
    statsmodels_models(models)
    imblearn_models(models)
    encoder_models(models)
    hidden_markov_models(models)
    nltk_models(models)
    gensim_models(models)
