import type { AllowlistSource } from './source.ts';

/** `FreqDist` counts what it is given; nothing else is called with arguments. Taggers and tokenizers hold tables. */
export const NLTK: AllowlistSource = {
  producer: 'nltk',
  version: '3.10.4',
  calls: `
nltk.probability: FreqDist
`,
  bare: `
nltk.classify.decisiontree: DecisionTreeClassifier
nltk.classify.naivebayes: NaiveBayesClassifier
nltk.probability: ConditionalFreqDist ConditionalProbDist DictionaryConditionalProbDist DictionaryProbDist ELEProbDist
  KneserNeyProbDist LaplaceProbDist LidstoneProbDist MLEProbDist SimpleGoodTuringProbDist UniformProbDist
  WittenBellProbDist
nltk.tag.sequential: AffixTagger BigramTagger DefaultTagger NgramTagger TrigramTagger UnigramTagger
nltk.tokenize.punkt: PunktLanguageVars PunktParameters PunktSentenceTokenizer PunktToken
`,
  mentions: '',
};

/** Large arrays stand in `.npy` files beside the model, which `load` names itself and reads without unpickling. */
export const GENSIM: AllowlistSource = {
  producer: 'gensim',
  version: '4.4.0',
  calls: '',
  bare: `
gensim.corpora.dictionary: Dictionary
gensim.models.doc2vec: Doc2Vec
gensim.models.fasttext: FastText FastTextKeyedVectors
gensim.models.keyedvectors: CompatVocab KeyedVectors
gensim.models.ldamodel: LdaModel LdaState
gensim.models.lsimodel: LsiModel Projection
gensim.models.phrases: FrozenPhrases Phrases
gensim.models.tfidfmodel: TfidfModel
gensim.models.word2vec: Word2Vec
`,
  mentions: `
gensim.models.phrases: npmi_scorer original_scorer
gensim.models.tfidfmodel: df2idf
gensim.utils: call_on_class_only identity
`,
};
