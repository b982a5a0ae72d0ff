import { pairsOf } from '../allowlists/source.ts';
import { TORCH_LAYERS } from '../allowlists/torch.ts';

const layers = pairsOf(TORCH_LAYERS.calls).filter(([module]) => module.startsWith('torch.nn.'));

/** Layers under the short name that torch.nn gives them, optimisers and schedules of torch 2.6. */
export const TORCH_TARGETS = `
torch.nn: ${[...new Set(layers.map(([, name]) => name))].join(' ')}
torch.optim: Adadelta Adafactor Adagrad Adam AdamW Adamax ASGD LBFGS NAdam RAdam RMSprop Rprop SGD SparseAdam
torch.optim.adam: Adam
torch.optim.adamw: AdamW
torch.optim.sgd: SGD
torch.optim.rmsprop: RMSprop
torch.optim.lr_scheduler: LambdaLR MultiplicativeLR StepLR MultiStepLR ConstantLR LinearLR ExponentialLR SequentialLR
  PolynomialLR CosineAnnealingLR ChainedScheduler ReduceLROnPlateau CyclicLR CosineAnnealingWarmRestarts OneCycleLR
`;

/**
 * Layers, losses and models of NeMo 3.0.0 (nemo_toolkit), read from its source: classes of torch modules in the packages
 * that models are built of, by where they are defined and by where they are passed on.
 */
export const NEMO = `
nemo.collections.asr.losses: AngularSoftmaxLoss BCELoss CTCLossForSSL ContrastiveLoss MLMLoss MultiMLMLoss
  RNNTLossForSSL
nemo.collections.asr.losses.angularloss: AngularSoftmaxLoss
nemo.collections.asr.losses.bce_loss: BCELoss
nemo.collections.asr.losses.rnnt: RNNTLoss
nemo.collections.asr.losses.rnnt_pytorch: MultiblankRNNTLossPytorch RNNTLossPytorch TDTLossPytorch
nemo.collections.asr.losses.ssl_losses.contrastive: ContrastiveLoss
nemo.collections.asr.losses.ssl_losses.ctc: CTCLossForSSL
nemo.collections.asr.losses.ssl_losses.mlm: MLMLoss MultiMLMLoss
nemo.collections.asr.losses.ssl_losses.rnnt: RNNTLossForSSL
nemo.collections.asr.models: ASRModel ClusteringDiarizer EncDecCTCModel EncDecCTCModelBPE EncDecClassificationModel
  EncDecDenoiseMaskedTokenPredModel EncDecFrameClassificationModel EncDecHybridRNNTCTCBPEModel
  EncDecHybridRNNTCTCBPEModelWithPrompt EncDecHybridRNNTCTCModel EncDecMaskedTokenPredModel
  EncDecMultiTalkerRNNTBPEModel EncDecMultiTaskModel EncDecRNNTBPEModel EncDecRNNTBPEModelWithPrompt EncDecRNNTModel
  EncDecSpeakerLabelModel EncDecTransfModelBPE SortformerEncLabelModel SpeechEncDecSelfSupervisedModel
nemo.collections.asr.models.aed_multitask_models: EncDecMultiTaskModel
nemo.collections.asr.models.asr_eou_models: EncDecHybridRNNTCTCBPEEOUModel EncDecRNNTBPEEOUModel
nemo.collections.asr.models.asr_model: ASRModel
nemo.collections.asr.models.classification_models: EncDecClassificationModel EncDecFrameClassificationModel
  EncDecRegressionModel
nemo.collections.asr.models.clustering_diarizer: ClusteringDiarizer
nemo.collections.asr.models.ctc_bpe_models: EncDecCTCModelBPE
nemo.collections.asr.models.ctc_models: EncDecCTCModel
nemo.collections.asr.models.hybrid_rnnt_ctc_bpe_models: EncDecHybridRNNTCTCBPEModel
nemo.collections.asr.models.hybrid_rnnt_ctc_bpe_models_prompt: EncDecHybridRNNTCTCBPEModelWithPrompt
nemo.collections.asr.models.hybrid_rnnt_ctc_models: EncDecHybridRNNTCTCModel
nemo.collections.asr.models.label_models: EncDecSpeakerLabelModel
nemo.collections.asr.models.multitalker_asr_models: EncDecMultiTalkerRNNTBPEModel
nemo.collections.asr.models.online_diarizer: OnlineClusteringDiarizer
nemo.collections.asr.models.rnnt_bpe_models: EncDecRNNTBPEModel
nemo.collections.asr.models.rnnt_bpe_models_prompt: EncDecRNNTBPEModelWithPrompt
nemo.collections.asr.models.rnnt_models: EncDecRNNTModel
nemo.collections.asr.models.sortformer_diar_models: SortformerEncLabelModel
nemo.collections.asr.models.ssl_models: EncDecDenoiseMaskedTokenPredModel EncDecMaskedTokenPredModel
  SpeechEncDecSelfSupervisedModel
nemo.collections.asr.models.transformer_bpe_models: EncDecTransfModelBPE
nemo.collections.asr.modules: AudioToMFCCPreprocessor AudioToMelSpectrogramPreprocessor BeamSearchDecoderWithLM
  ConformerEncoder ConformerEncoderAdapter ConformerMultiLayerFeatureExtractor ConvASRDecoder
  ConvASRDecoderClassification ConvASRDecoderReconstruction ConvASREncoder ConvASREncoderAdapter
  CropOrPadSpectrogramAugmentation ECAPAEncoder HATJoint LSTMDecoder MaskedPatchAugmentation ParallelConvASREncoder
  RNNEncoder RNNTDecoder RNNTDecoderJointSSL RNNTJoint SampledRNNTJoint SpeakerDecoder SpectrogramAugmentation
  StatelessTransducerDecoder TransformerEncoder
nemo.collections.asr.modules.audio_preprocessing: AudioPreprocessor AudioToMFCCPreprocessor
  AudioToMelSpectrogramPreprocessor CropOrPadSpectrogramAugmentation MaskedPatchAugmentation SpectrogramAugmentation
nemo.collections.asr.modules.beam_search_decoder: BeamSearchDecoderWithLM
nemo.collections.asr.modules.conformer_encoder: ConformerEncoder ConformerEncoderAdapter
  ConformerMultiLayerFeatureExtractor
nemo.collections.asr.modules.conv_asr: ConvASRDecoder ConvASRDecoderClassification ConvASRDecoderReconstruction
  ConvASREncoder ConvASREncoderAdapter ECAPAEncoder ParallelConvASREncoder SpeakerDecoder
nemo.collections.asr.modules.flashlight_decoder: FlashLightKenLMBeamSearchDecoder
nemo.collections.asr.modules.hybrid_autoregressive_transducer: HATJoint
nemo.collections.asr.modules.lstm_decoder: LSTMDecoder
nemo.collections.asr.modules.rnn_encoder: RNNEncoder
nemo.collections.asr.modules.rnnt: RNNTDecoder RNNTDecoderJoint RNNTDecoderJointSSL RNNTJoint SampledRNNTJoint
  StatelessTransducerDecoder
nemo.collections.asr.modules.rnnt_abstract: AbstractRNNTDecoder AbstractRNNTJoint
nemo.collections.asr.modules.sortformer_modules: SortformerModules
nemo.collections.asr.modules.ssl_modules.masking: ConvFeatureMaksingWrapper RandomBlockMasking
nemo.collections.asr.modules.ssl_modules.multi_layer_feat: Aggregator ConformerMultiLayerFeaturePreprocessor
nemo.collections.asr.modules.ssl_modules.multi_softmax_decoder: MultiSoftmaxDecoder
nemo.collections.asr.modules.ssl_modules.quantizers: RandomProjectionVectorQuantizer
nemo.collections.asr.modules.transformer.bridge_encoders: BridgeEncoder
nemo.collections.asr.modules.transformer.decoder_module: DecoderModule
nemo.collections.asr.modules.transformer.encoder_module: EncoderModule
nemo.collections.asr.modules.transformer.perceiver_encoders: PerceiverEncoder
nemo.collections.asr.modules.transformer.reduction_encoders: PoolingEncoder
nemo.collections.asr.modules.transformer.transformer: TransformerDecoderNM TransformerDecoderNMAdapter
  TransformerEncoderNM
nemo.collections.asr.modules.transformer.transformer_bottleneck: TransformerBottleneckDecoderNM
  TransformerBottleneckEncoderNM
nemo.collections.asr.modules.transformer.transformer_decoders: TransformerDecoder TransformerDecoderAdapter
  TransformerDecoderBlock
nemo.collections.asr.modules.transformer.transformer_encoders: TransformerEncoder TransformerEncoderAdapter
  TransformerEncoderBlock
nemo.collections.asr.modules.transformer.transformer_encoders_nlp: TransformerEncoder TransformerEncoderBlock
nemo.collections.asr.modules.transformer.transformer_modules: AttentionBridge FixedPositionalEncoding
  MultiHeadAttention PositionWiseFF TransformerEmbedding
nemo.collections.asr.modules.transformer_encoder: FeedForward MultiHeadAttention TransformerBlock TransformerEncoder
nemo.collections.asr.modules.wav2vec_modules: ConvFeatureEncoder GradMultiply SamePad TransposeLast
  Wav2VecTransformerEncoder
nemo.collections.asr.parts.k2.graph_transducer: GraphRnntLoss GraphTransducerLossBase
nemo.collections.asr.parts.k2.rnnt_logprobs_triton: RnntLogProbs
nemo.collections.asr.parts.k2.w_transducer: GraphWTransducerLoss
nemo.collections.asr.parts.numba.rnnt_loss.rnnt_numpy: RNNTLoss
nemo.collections.asr.parts.numba.rnnt_loss.rnnt_pytorch: MultiblankRNNTLossNumba RNNTLossNumba TDTLossNumba
nemo.collections.asr.parts.numba.spec_augment.spec_aug_numba: SpecAugmentNumba
nemo.collections.asr.parts.submodules.adapters.multi_head_attention_adapter_module: MultiHeadAttentionAdapter
  PositionalEncodingAdapter RelPositionMultiHeadAttentionAdapter RelPositionalEncodingAdapter
nemo.collections.asr.parts.submodules.adapters.transformer_multi_head_attention_adapter_module:
  TransformerMultiHeadAttentionAdapter
nemo.collections.asr.parts.submodules.batchnorm: FusedBatchNorm1d
nemo.collections.asr.parts.submodules.classifier: Classifier
nemo.collections.asr.parts.submodules.conformer_modules: ConformerConvolution ConformerFeedForward ConformerLayer
nemo.collections.asr.parts.submodules.jasper: GroupShuffle JasperBlock MaskedConv1d ParallelBlock SqueezeExcite
nemo.collections.asr.parts.submodules.multi_head_attention: LocalAttRelPositionalEncoding MultiHeadAttention
  PositionalEncoding RelPositionMultiHeadAttention RelPositionMultiHeadAttentionLongformer RelPositionalEncoding
nemo.collections.asr.parts.submodules.ngram_lm.ngram_lm_batched: NGramGPULanguageModel
nemo.collections.asr.parts.submodules.spectr_augment: SpecAugment SpecCutout
nemo.collections.asr.parts.submodules.ssl_quantizers: GumbelVectorQuantizer
nemo.collections.asr.parts.submodules.stateless_net: StatelessNet
nemo.collections.asr.parts.submodules.subsampling: ConvSubsampling FeatureStacking MaskedConvSequential
  StackingSubsampling SubsamplingReductionModule
nemo.collections.asr.parts.submodules.tdnn_attention: AttentivePoolLayer MaskedSEModule StatsPoolLayer TDNNModule
  TDNNSEModule
nemo.collections.asr.parts.submodules.token_classifier: BertPretrainingTokenClassifier TokenClassifier
nemo.collections.audio.losses: MAELoss MSELoss SDRLoss
nemo.collections.audio.losses.audio: MAELoss MSELoss SDRLoss
nemo.collections.audio.losses.maxine.losses_combined: CombinedLoss
nemo.collections.audio.models: AudioToAudioModel EncMaskDecAudioToAudioModel FlowMatchingAudioToAudioModel
  PredictiveAudioToAudioModel SchroedingerBridgeAudioToAudioModel ScoreBasedGenerativeAudioToAudioModel
nemo.collections.audio.models.audio_to_audio: AudioToAudioModel
nemo.collections.audio.models.enhancement: EncMaskDecAudioToAudioModel FlowMatchingAudioToAudioModel
  PredictiveAudioToAudioModel SchroedingerBridgeAudioToAudioModel ScoreBasedGenerativeAudioToAudioModel
nemo.collections.audio.models.maxine.bnr: BNR2
nemo.collections.audio.modules.features: SpectrogramToMultichannelFeatures
nemo.collections.audio.modules.masking: MaskBasedBeamformer MaskBasedDereverbWPE MaskEstimatorFlexChannels
  MaskEstimatorGSS MaskEstimatorRNN MaskReferenceChannel
nemo.collections.audio.modules.projections: MixtureConsistencyProjection
nemo.collections.audio.modules.ssl_pretrain_masking: SSLPretrainWithMaskedPatch
nemo.collections.audio.modules.transforms: AudioToSpectrogram SpectrogramToAudio
nemo.collections.audio.parts.submodules.conformer: SpectrogramConformer
nemo.collections.audio.parts.submodules.conformer_unet: ConformerEncoderUNet SpectrogramConformerUNet
nemo.collections.audio.parts.submodules.diffusion: AnnealedLangevinDynamics Corrector
  OrnsteinUhlenbeckVarianceExplodingSDE Predictor PredictorCorrectorSampler ReverseDiffusionPredictor
  ReverseStochasticDifferentialEquation StochasticDifferentialEquation
nemo.collections.audio.parts.submodules.multichannel: ChannelAttentionPool ChannelAugment ChannelAveragePool
  ParametricMultichannelWienerFilter ReferenceChannelEstimatorSNR TransformAttendConcatenate
  TransformAverageConcatenate WPEFilter
nemo.collections.audio.parts.submodules.ncsnpp: GaussianFourierProjection NoiseConditionalScoreNetworkPlusPlus
  ResnetBlockBigGANPlusPlus SpectrogramNoiseConditionalScoreNetworkPlusPlus
nemo.collections.audio.parts.submodules.schroedinger_bridge: SBNoiseSchedule SBNoiseScheduleVE SBNoiseScheduleVP
  SBSampler
nemo.collections.audio.parts.submodules.transformerunet: AdaptiveRMSNorm ConvPositionEmbed GEGLU
  LearnedSinusoidalPosEmb RMSNorm SpectrogramTransformerUNet TransformerUNet
nemo.collections.common.losses: AggregatorLoss MSELoss MultiSimilarityLoss SmoothedCrossEntropyLoss SmoothedNLLLoss
  SpanningLoss
nemo.collections.common.losses.aggregator: AggregatorLoss
nemo.collections.common.losses.mse_loss: MSELoss
nemo.collections.common.losses.multi_similarity_loss: MultiSimilarityLoss
nemo.collections.common.losses.smoothed_cross_entropy: SmoothedCrossEntropyLoss SmoothedNLLLoss
nemo.collections.common.losses.spanning_loss: SpanningLoss
nemo.collections.speechlm2.models: DuplexEARTTS DuplexS2SModel DuplexS2SSpeechDecoderModel DuplexSTTModel
  NemotronVoiceChat SALM SALMAutomodel SALMWithAsrDecoder
nemo.collections.speechlm2.models.duplex_ear_tts: DuplexEARTTS
nemo.collections.speechlm2.models.duplex_s2s_model: DuplexS2SModel
nemo.collections.speechlm2.models.duplex_s2s_speech_decoder_model: DuplexS2SSpeechDecoderModel
nemo.collections.speechlm2.models.duplex_stt_model: DuplexSTTModel
nemo.collections.speechlm2.models.nemotron_voicechat: NemotronVoiceChat
nemo.collections.speechlm2.models.salm: SALM
nemo.collections.speechlm2.models.salm_asr_decoder: SALMWithAsrDecoder
nemo.collections.speechlm2.models.salm_automodel: SALMAutomodel
nemo.collections.speechlm2.modules: AudioPerceptionModule TransformerARSpeechDecoder
nemo.collections.speechlm2.modules.ear_tts_model: BOSEOSEmbedding CharAwareSubwordEncoder GatedProjectedSumRMSNorm MLP
  MLPLayer MoGHead NeMoSubwordFlagEmbedding RMSNorm RVQEARTTSModel SubwordEmbedding SubwordFlagEmbedding
nemo.collections.speechlm2.modules.ear_tts_vae_codec: ConvNeXt1d Latent2Wav LayerNormNd PreTrainedEMAVariance
  PreTrainedProbabilisticVQ RVQVAEModel Wav2Latent
nemo.collections.speechlm2.modules.perception: AudioPerceptionModule AudioTranscriptionPerceptionModule
  IdentityConnector MultiLayerProjectionConnector QformerConnector
nemo.collections.speechlm2.modules.speech_generation: TransformerARSpeechDecoder
nemo.collections.tts.losses.aligner_loss: BinLoss ForwardSumLoss
nemo.collections.tts.losses.audio_codec_loss: DiscriminatorHingedLoss DiscriminatorSquaredLoss FeatureMatchingLoss
  GeneratorHingedLoss GeneratorSquaredLoss MMDCodebookLoss MMDEmbeddingLoss MMDLoss MMDTimeLoss MaskedLoss
  MaskedMAELoss MaskedMSELoss MultiResolutionMelLoss MultiResolutionSTFTLoss RelativeFeatureMatchingLoss SISDRLoss
  STFTLoss TimeDomainLoss
nemo.collections.tts.losses.fastpitchloss: DurationLoss EnergyLoss MelLoss PitchLoss
nemo.collections.tts.losses.hifigan_losses: DiscriminatorLoss FeatureMatchingLoss GeneratorLoss
nemo.collections.tts.losses.magpietts_cfg_distillation: CodesCrossEntropyLoss KLDivergenceLoss NRMSELogitsLoss
nemo.collections.tts.losses.moe_loss: MoEAuxiliaryLoss MoELoadBalancingLoss MoERouterZLoss
nemo.collections.tts.losses.stftlosses: LogSTFTMagnitudeLoss MultiResolutionSTFTLoss STFTLoss SpectralConvergenceLoss
nemo.collections.tts.models: AlignerModel AudioCodecModel EasyMagpieTTSInferenceModel EasyMagpieTTSModel
  EasyMagpieTTSModelOnlinePO FastPitchModel FastPitchModel_SSL HifiGanModel MagpieTTSModel MagpieTTSModelOfflinePO
  MagpieTTSModelOfflinePODataGen MagpieTTSModelOnlinePO OnlineCFGDistillation SSLDisentangler
nemo.collections.tts.models.aligner: AlignerModel
nemo.collections.tts.models.audio_codec: AudioCodecModel
nemo.collections.tts.models.base: G2PModel GlowVocoder MelToSpec SpectrogramGenerator TextToWaveform Vocoder
nemo.collections.tts.models.easy_magpietts: EasyMagpieTTSModel
nemo.collections.tts.models.easy_magpietts_inference: EasyMagpieTTSInferenceModel
nemo.collections.tts.models.easy_magpietts_preference_optimization: EasyMagpieTTSModelOnlinePO
nemo.collections.tts.models.fastpitch: FastPitchModel
nemo.collections.tts.models.fastpitch_ssl: FastPitchModel_SSL
nemo.collections.tts.models.hifigan: HifiGanModel
nemo.collections.tts.models.magpietts: MagpieTTSModel
nemo.collections.tts.models.magpietts_cfg_distillation: OnlineCFGDistillation
nemo.collections.tts.models.magpietts_preference_optimization: MagpieTTSModelOfflinePO MagpieTTSModelOfflinePODataGen
  MagpieTTSModelOnlinePO
nemo.collections.tts.models.ssl_tts: SSLDisentangler
nemo.collections.tts.modules.adapters: AlignmentEncoderAdapter FFTransformerDecoderAdapter FFTransformerEncoderAdapter
  TemporalPredictorAdapter
nemo.collections.tts.modules.aligner: AlignmentEncoder
nemo.collections.tts.modules.audio_codec_modules: CausalConv1dNorm CausalConvTranspose1dNorm CausalHiFiGANDecoder
  CausalHiFiGANEncoder CodecActivation Conv1dNorm Conv2dNorm ConvTranspose1dNorm Discriminator DiscriminatorSTFT
  DownSampleResidualBlock FiniteScalarQuantizer FullBandMelEncoder GroupFiniteScalarQuantizer HiFiGANDecoder
  HiFiGANEncoder HiFiGANResBlock HiFiGANResLayer MelSpectrogramProcessor MultiBandDiscriminatorSTFT
  MultiBandMelEncoder MultiPeriodDiscriminator MultiResolutionDiscriminatorSTFT MultiResolutionSTFTEncoder
  PeriodDiscriminator PreEmphasis ResNetDecoder ResNetEncoder ResNetSpeakerEncoder ResidualBlock ResidualBlockV2
  SEBasicBlock SELayer SLMDiscriminator SLMEncoder SLMPredictor SSLModel STFTProcessor STFTResidualBlock
  VectorQuantizerBase VectorQuantizerIndexConverter
nemo.collections.tts.modules.common: GaussianDropout
nemo.collections.tts.modules.encodec_modules: DiscriminatorSTFT EuclideanCodebook GroupResidualVectorQuantizer
  MultiResolutionDiscriminatorSTFT ResidualVectorQuantizer SEANetDecoder SEANetEncoder SEANetRNN SEANetResnetBlock
nemo.collections.tts.modules.fastpitch: ConvReLUNorm FastPitchModule FastPitchSSLModule TemporalPredictor
nemo.collections.tts.modules.ffn_modules: ConvolutionLayer PositionwiseConvFF
nemo.collections.tts.modules.hifigan_modules: DiscriminatorP DiscriminatorS Generator MultiPeriodDiscriminator
  MultiScaleDiscriminator ResBlock1 ResBlock2
nemo.collections.tts.modules.magpietts_modules: CharAwareSubwordEncoder
nemo.collections.tts.modules.moe_modules: MoERouter PositionwiseConvFFMoE
nemo.collections.tts.modules.nemotron_h_decoder: MambaRMSNormGated NemotronHAttention NemotronHBlock
  NemotronHFlashAttention2 NemotronHForCausalLM NemotronHMLP NemotronHMOE NemotronHMamba2Mixer NemotronHModel
  NemotronHRMSNorm NemotronHTopkRouter
nemo.collections.tts.modules.ssl_tts: GreedyCTCDecoder
nemo.collections.tts.modules.submodules: Attention ConditionalInput Conv2DReLUNorm ConvNorm GlobalStyleToken
  LinearNorm LocationLayer Prenet ReferenceEncoder SpeakerEncoder SpeakerLookupTable StyleAttention
nemo.collections.tts.modules.transformer: FFTransformer FFTransformerDecoder FFTransformerEncoder MultiHeadAttn
  PositionalEmbedding PositionwiseConvFF TransformerLayer
nemo.collections.tts.modules.transformer_2501: Attention CrossAttention SelfAttention Transformer TransformerLayer
`;
