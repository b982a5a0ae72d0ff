import { type AllowedImports, allowedImports } from '../documents/imports.ts';

/** The modules of sentence-transformers 6.2.0 and, under their older names, of those since 2.0; each loads weights only. */
const BASE = 'Dense Normalize Router Transformer';
const SENTENCE = `${BASE} Asym BoW CLIPModel CNN Dropout LSTM LayerNorm Pooling StaticEmbedding WeightedLayerPooling
  WordEmbeddings WordWeights`;
const MODULES = `
sentence_transformers.models: ${SENTENCE}
sentence_transformers.base.modules: ${BASE}
sentence_transformers.base.modules.dense: Dense
sentence_transformers.base.modules.normalize: Normalize
sentence_transformers.base.modules.router: Asym Router
sentence_transformers.base.modules.transformer: Transformer
sentence_transformers.cross_encoder.modules: ${BASE} Asym LogitScore
sentence_transformers.cross_encoder.modules.logit_score: LogitScore
sentence_transformers.multi_vector_encoder.modules: HierarchicalTokenPooling MultiVectorMask
sentence_transformers.multi_vector_encoder.modules.multi_vector_mask: MultiVectorMask
sentence_transformers.multi_vector_encoder.modules.token_pooling: HierarchicalTokenPooling
sentence_transformers.sentence_transformer.modules: ${SENTENCE}
sentence_transformers.sentence_transformer.modules.bow: BoW
sentence_transformers.sentence_transformer.modules.clip_model: CLIPModel
sentence_transformers.sentence_transformer.modules.cnn: CNN
sentence_transformers.sentence_transformer.modules.dropout: Dropout
sentence_transformers.sentence_transformer.modules.layer_norm: LayerNorm
sentence_transformers.sentence_transformer.modules.lstm: LSTM
sentence_transformers.sentence_transformer.modules.normalize: Normalize
sentence_transformers.sentence_transformer.modules.pooling: Pooling
sentence_transformers.sentence_transformer.modules.static_embedding: StaticEmbedding
sentence_transformers.sentence_transformer.modules.weighted_layer_pooling: WeightedLayerPooling
sentence_transformers.sentence_transformer.modules.word_embeddings: WordEmbeddings
sentence_transformers.sentence_transformer.modules.word_weights: WordWeights
sentence_transformers.sparse_encoder.models: MLMTransformer SparseAutoEncoder SparseStaticEmbedding SpladePooling IDF
  CSRSparsity
sentence_transformers.sparse_encoder.modules: ${BASE} Asym MLMTransformer SparseAutoEncoder SparseStaticEmbedding
  SpladePooling
sentence_transformers.sparse_encoder.modules.mlm_transformer: MLMTransformer
sentence_transformers.sparse_encoder.modules.sparse_auto_encoder: SparseAutoEncoder
sentence_transformers.sparse_encoder.modules.sparse_static_embedding: SparseStaticEmbedding
sentence_transformers.sparse_encoder.modules.splade_pooling: SpladePooling
`;

const WORDS = ['WhitespaceTokenizer', 'WordTokenizer', 'PhraseTokenizer'];
const TOKENIZERS = `
sentence_transformers.models.tokenizer: ${WORDS.join(' ')}
sentence_transformers.sentence_transformer.modules.tokenizer: ${WORDS.join(' ')}
sentence_transformers.sentence_transformer.modules.tokenizer.phrase: PhraseTokenizer
sentence_transformers.sentence_transformer.modules.tokenizer.whitespace: WhitespaceTokenizer
sentence_transformers.sentence_transformer.modules.tokenizer.word: WordTokenizer
`;

const exact = allowedImports(MODULES);
const tokenizers = allowedImports(TOKENIZERS);
/** `models.Pooling.Pooling`, by which some versions name the file and the class in it. */
const TWICE = /\.(\w+)\.\1$/;
const twiceToo = (names: AllowedImports): AllowedImports => ({
  has: (dotted) => names.has(dotted) || (TWICE.test(dotted) && names.has(dotted.replace(TWICE, '.$1'))),
});

export const SENTENCE_MODULES: AllowedImports = twiceToo(exact);
export const SENTENCE_TOKENIZERS: AllowedImports = twiceToo(tokenizers);

/** Where diffusers 0.42.1 and earlier versions find the parts of a pipeline; the pipelines of its own come last. */
export const DIFFUSERS_LIBRARIES: ReadonlySet<string> = new Set(
  `diffusers transformers onnxruntime.training
  ace_step allegro alt_diffusion amused animatediff anyflow audio_diffusion audioldm audioldm2 aura_flow blip_diffusion
  bria bria_fibo bria_fibo2 chroma chronoedit cogvideo cogview3 cogview4 consisid consistency_models controlnet
  controlnet_hunyuandit controlnet_sd3 controlnet_xs cosmos dance_diffusion ddim ddpm deepfloyd_if deprecated
  diffusion_gemma dit dreamlite easyanimate ernie_image flux flux2 free_noise glm_image helios hidream_image
  hunyuan_image hunyuan_video hunyuan_video1_5 hunyuandit i2vgen_xl ideogram4 joyimage kandinsky kandinsky2_2
  kandinsky3 kandinsky5 kandinsky6 kolors krea2 latent_consistency_models latent_diffusion latent_diffusion_uncond
  latte ledits_pp llada2 longcat_audio_dit longcat_image ltx ltx2 lucy lumina lumina2 marigold mochi motif_video
  musicldm nucleusmoe_image omnigen ovis_image pag paint_by_example pia pixart_alpha pndm prx qwenimage qwenimage21
  repaint rfd4_proteina sana sana_video sana_wm score_sde_ve semantic_stable_diffusion shap_e skyreels_v2
  spectrogram_diffusion stable_audio stable_audio_3 stable_cascade stable_diffusion stable_diffusion_3
  stable_diffusion_attend_and_excite stable_diffusion_diffedit stable_diffusion_gligen stable_diffusion_k_diffusion
  stable_diffusion_ldm3d stable_diffusion_panorama stable_diffusion_safe stable_diffusion_sag stable_diffusion_xl
  stable_unclip stable_video_diffusion stochastic_karras_ve t2i_adapter text_to_video_synthesis unclip unidiffuser
  versatile_diffusion visualcloze vq_diffusion wan wuerstchen z_image`.split(/\s+/),
);

/** Where PEFT may take the class of a base model from. */
export const PEFT_PARENTS =
  /^(?:__main__|(?:transformers|diffusers)(?:\.models(?:\.\w+)*)?|diffusers\.pipelines(?:\.\w+)*)$/;
export const MEGATRON = /^megatron\.core(?:\.\w+)*$/;
