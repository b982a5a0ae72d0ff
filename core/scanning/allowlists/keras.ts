/**
 * What a configuration of Keras may name, `module: Name Name …`; `tf_keras` stands for `keras`. Written by
 * test/vectors/scanning/keras_names.py from the sources of keras
 * 2.6.0, 2.12.0, 2.15.0, 3.0.5, 3.6.0, 3.10.0, 3.15.1, tf_keras-2.21.0,
 * and from TensorFlow 2.21.0. Not here: what runs code, opens files or takes functions.
 */
export const KERAS_CLASSES = `
Custom>: Adadelta Adafactor Adagrad Adam AdamW Adamax CustomScaleLayer Ftrl Lion Nadam RMSprop SGD
  SharpnessAwareMinimization
keras: DTypePolicy FloatDTypePolicy Initializer InputSpec Loss Metric Model Optimizer Regularizer Sequential
keras.applications.convnext: LayerScale StochasticDepth
keras.constraints: Constraint MaxNorm MinMaxNorm NonNeg RadialConstraint UnitNorm max_norm min_max_norm non_neg
  radial_constraint unit_norm
keras.dtype_policies: AWQDTypePolicy DTypePolicy DTypePolicyMap FloatDTypePolicy GPTQDTypePolicy Int4DTypePolicy
  QuantizedDTypePolicy QuantizedFloat8DTypePolicy
keras.engine.functional: Functional
keras.experimental: CosineDecay CosineDecayRestarts LinearModel PeepholeLSTMCell SequenceFeatures WideDeepModel
keras.initializers: Constant GlorotNormal GlorotUniform HeNormal HeUniform Identity IdentityInitializer Initializer
  LecunNormal LecunUniform Ones Orthogonal OrthogonalInitializer RandomNormal RandomUniform STFT STFTInitializer
  TruncatedNormal VarianceScaling Zeros constant glorot_normal glorot_uniform he_normal he_uniform identity
  lecun_normal lecun_uniform normal ones orthogonal random_normal random_uniform stft truncated_normal uniform
  variance_scaling zeros
keras.initializers.initializers_v1: HeNormal HeUniform LecunNormal LecunUniform
keras.layers: AbstractRNNCell Activation ActivityRegularization AdaptiveAveragePooling1D AdaptiveAveragePooling2D
  AdaptiveAveragePooling3D AdaptiveMaxPooling1D AdaptiveMaxPooling2D AdaptiveMaxPooling3D Add AdditiveAttention
  AlphaDropout Attention AugMix AutoContrast Average AveragePooling1D AveragePooling2D AveragePooling3D AvgPool1D
  AvgPool2D AvgPool3D BatchNormalization Bidirectional CategoryEncoding CenterCrop Concatenate
  ContrastLimitedAdaptiveHistogramEqualization Conv1D Conv1DTranspose Conv2D Conv2DTranspose Conv3D Conv3DTranspose
  ConvLSTM1D ConvLSTM2D ConvLSTM3D Convolution1D Convolution1DTranspose Convolution2D Convolution2DTranspose
  Convolution3D Convolution3DTranspose Cropping1D Cropping2D Cropping3D CuDNNGRU CuDNNLSTM CutMix Dense DenseFeatures
  DepthwiseConv1D DepthwiseConv2D Discretization Dot Dropout ELU EinsumDense Embedding Equalization Flatten GRU
  GRUCell GaussianDropout GaussianNoise GlobalAveragePooling1D GlobalAveragePooling2D GlobalAveragePooling3D
  GlobalAvgPool1D GlobalAvgPool2D GlobalAvgPool3D GlobalMaxPool1D GlobalMaxPool2D GlobalMaxPool3D GlobalMaxPooling1D
  GlobalMaxPooling2D GlobalMaxPooling3D GroupNormalization GroupQueryAttention HashedCrossing Hashing Identity
  InputLayer InputSpec IntegerLookup LSTM LSTMCell LayerNormalization LeakyReLU LocallyConnected1D LocallyConnected2D
  Masking MaxNumBoundingBoxes MaxPool1D MaxPool2D MaxPool3D MaxPooling1D MaxPooling2D MaxPooling3D Maximum
  MelSpectrogram Minimum MixUp MultiHeadAttention Multiply Normalization PReLU Permute Pipeline RMSNormalization RNN
  RandAugment RandomBrightness RandomColorDegeneration RandomColorJitter RandomContrast RandomCrop
  RandomElasticTransform RandomErasing RandomFlip RandomGaussianBlur RandomGrayscale RandomHeight RandomHue
  RandomInvert RandomPerspective RandomPosterization RandomRotation RandomSaturation RandomSharpness RandomShear
  RandomTranslation RandomWidth RandomZoom ReLU RepeatVector Rescaling Reshape Resizing ReversibleEmbedding
  STFTSpectrogram SeparableConv1D SeparableConv2D SeparableConvolution1D SeparableConvolution2D SimpleRNN
  SimpleRNNCell Softmax Solarization SpatialDropout1D SpatialDropout2D SpatialDropout3D SpectralNormalization
  StackedRNNCells StringLookup Subtract TextVectorization ThresholdedReLU TimeDistributed UnitNormalization
  UpSampling1D UpSampling2D UpSampling3D ZeroPadding1D ZeroPadding2D ZeroPadding3D
keras.layers.experimental: DynamicEmbedding DynamicLookup EinsumDense RandomFourierFeatures SyncBatchNormalization
keras.layers.experimental.preprocessing: CategoryCrossing CategoryEncoding CenterCrop Discretization HashedCrossing
  Hashing IntegerLookup Normalization PreprocessingLayer RandomContrast RandomCrop RandomFlip RandomHeight
  RandomRotation RandomTranslation RandomWidth RandomZoom Rescaling Resizing StringLookup TextVectorization
keras.losses: BinaryCrossentropy BinaryFocalCrossentropy CTC CategoricalCrossentropy CategoricalFocalCrossentropy
  CategoricalGeneralizedCrossEntropy CategoricalHinge Circle CosineSimilarity Dice Hinge Huber KLDivergence LogCosh
  Loss MeanAbsoluteError MeanAbsolutePercentageError MeanSquaredError MeanSquaredLogarithmicError Poisson Reduction
  SparseCategoricalCrossentropy SquaredHinge Tversky
keras.metrics: AUC Accuracy BinaryAccuracy BinaryCrossentropy BinaryIoU CategoricalAccuracy CategoricalCrossentropy
  CategoricalHinge ConcordanceCorrelation CosineSimilarity F1Score FBetaScore FalseNegatives FalsePositives Hinge IoU
  KLDivergence LogCoshError Mean MeanAbsoluteError MeanAbsolutePercentageError MeanIoU MeanMetricWrapper
  MeanRelativeError MeanSquaredError MeanSquaredLogarithmicError MeanTensor Metric OneHotIoU OneHotMeanIoU
  PearsonCorrelation Poisson Precision PrecisionAtRecall R2Score Recall RecallAtPrecision RootMeanSquaredError
  SensitivityAtSpecificity SparseCategoricalAccuracy SparseCategoricalCrossentropy SparseTopKCategoricalAccuracy
  SpecificityAtSensitivity SquaredHinge Sum TopKCategoricalAccuracy TrueNegatives TruePositives
keras.mixed_precision: DTypePolicy LossScaleOptimizer Policy
keras.mixed_precision.experimental: LossScaleOptimizer Policy
keras.mixed_precision.loss_scale_optimizer: BaseLossScaleOptimizer LossScaleOptimizerV1 LossScaleOptimizerV3
keras.mixed_precision.policy: PolicyV1
keras.models: LinearModel Model Sequential WideDeepModel
keras.optimizer_v2.optimizer_v2: OptimizerV2
keras.optimizers: Adadelta Adafactor Adagrad Adam AdamW Adamax Ftrl Lamb Lion LossScaleOptimizer MultiOptimizer Muon
  Nadam Optimizer OptimizerMap RMSprop SGD ScheduleFreeAdamW
keras.optimizers.experimental: Adadelta Adafactor Adagrad Adam AdamW Adamax Ftrl Nadam Optimizer RMSprop SGD
keras.optimizers.legacy: Adadelta Adagrad Adam Adamax Ftrl Nadam Optimizer RMSprop SGD
keras.optimizers.legacy.optimizer_v2: OptimizerV2
keras.optimizers.schedules: CosineDecay CosineDecayRestarts ExponentialDecay InverseTimeDecay LearningRateSchedule
  PiecewiseConstantDecay PolynomialDecay
keras.quantizers: AbsMaxQuantizer Float8QuantizationConfig Int4QuantizationConfig Int8QuantizationConfig
  QuantizationConfig
keras.random: SeedGenerator
keras.regularizers: L1 L1L2 L2 OrthogonalRegularizer Regularizer l1 l1_l2 l2 orthogonal_regularizer
keras.src.applications.convnext: LayerScale StochasticDepth
keras.src.backend.torch.optimizers.torch_adadelta: Adadelta
keras.src.backend.torch.optimizers.torch_adagrad: Adagrad
keras.src.backend.torch.optimizers.torch_adam: Adam
keras.src.backend.torch.optimizers.torch_adamax: Adamax
keras.src.backend.torch.optimizers.torch_adamw: AdamW
keras.src.backend.torch.optimizers.torch_lion: Lion
keras.src.backend.torch.optimizers.torch_nadam: Nadam
keras.src.backend.torch.optimizers.torch_rmsprop: RMSprop
keras.src.backend.torch.optimizers.torch_sgd: SGD
keras.src.engine.functional: Functional
keras.src.initializers.initializers_v1: HeNormal HeUniform LecunNormal LecunUniform
keras.src.layers.attention.grouped_query_attention: GroupedQueryAttention
keras.src.layers.preprocessing.feature_space: Cross Feature
keras.src.mixed_precision.loss_scale_optimizer: BaseLossScaleOptimizer LossScaleOptimizerV3
keras.src.models.functional: Functional
keras.src.ops.core: Cast ConvertToTensor SaturateCast Scatter ScatterUpdate Slice SliceUpdate StopGradient Unstack
keras.src.ops.einops: Rearrange
keras.src.ops.image: AffineTransform CropImages ElasticTransform ExtractPatches GaussianBlur HSVToRGB MapCoordinates
  PadImages PerspectiveTransform RGBToGrayscale RGBToHSV Resize SSIM ScaleAndTranslate SobelEdges
keras.src.ops.linalg: Cholesky CholeskyInverse Det Eig Eigh Inv Lstsq LuFactor MatrixRank Norm Pinv Qr SVD Solve
  SolveTriangular
keras.src.ops.math: CDist Erf Erfc Erfinv ExtractSequences FFT FFT2 IFFT2 IRFFT ISTFT InTopK Logdet Logsumexp RFFT
  Rsqrt STFT SegmentMax SegmentReduction SegmentSum TopK ViewAsComplex ViewAsReal
keras.src.ops.nn: AdaptiveAveragePool AdaptiveMaxPool AveragePool BatchNorm BinaryCrossentropy CTCDecode CTCLoss
  CategoricalCrossentropy Celu Conv ConvTranspose CtcLoss DepthToSpace DepthwiseConv DotProductAttention Elu Fold Gelu
  Glu HardShrink HardSigmoid HardSilu HardTanh LayerNorm LeakyRelu LogSigmoid LogSoftmax MaxPool Moments MultiHot
  Normalize OneHot PSNR Polar RMSNorm Relu Relu6 Selu SeparableConv Sigmoid Silu SoftShrink Softmax Softplus Softsign
  SpaceToDepth SparseCategoricalCrossentropy SparsePlus SparseSigmoid Sparsemax Squareplus TanhShrink Threshold Unfold
keras.src.ops.numpy: Absolute Add All AllClose Amax Amin Angle Any Append Arange Arccos Arccosh Arcsin Arcsinh Arctan
  Arctan2 Arctanh Argmax Argmin Argpartition Argsort Array ArraySplit Average Bartlett Bincount BitwiseAnd
  BitwiseInvert BitwiseLeftShift BitwiseNot BitwiseOr BitwiseRightShift BitwiseXor Blackman BroadcastTo Cbrt Ceil Clip
  Concatenate Conjugate Copy Corrcoef Correlate Cos Cosh CountNonzero Cross Cumprod Cumsum Deg2rad Diag Diagflat
  Diagonal Diff Digitize Divide DivideNoNan Dot Dsplit Dstack Einsum Empty EmptyLike Equal Exp Exp2 ExpandDims Expm1
  Eye Fabs Flip Fliplr Flipud Floor FloorDivide Fmax Fmin Fmod Full FullLike Gcd Geomspace GetItem Greater
  GreaterEqual Hamming Heaviside Histogram Hsplit Hstack Hypot I0 Identity Imag Inner IsIn Isclose Isfinite Isinf
  Isnan Isneginf Isposinf Isreal Kron Lcm Ldexp LeftShift Less LessEqual Linspace Log Log10 Log1p Log2 Logaddexp
  Logaddexp2 LogicalAnd LogicalNot LogicalOr LogicalXor Logspace Matmul Max Maximum Mean Median Meshgrid Min Minimum
  Mod Moveaxis Multiply NanToNum Nanargmax Nanargmin Nancumprod Nancumsum Nanmax Nanmean Nanmedian Nanmin
  Nanpercentile Nanprod Nanquantile Nanstd Nansum Nanvar Ndim Negative Nextafter Nonzero NotEqual Ones OnesLike Outer
  Pad Percentile Power Prod Ptp Quantile Rad2deg Ravel Real Reciprocal Repeat Reshape RightShift Roll Rot90 Round
  SearchSorted Select Sign Signbit Sin Sinc Sinh Size Slogdet Sort Split Sqrt Square Squeeze Stack Std Subtract Sum
  Swapaxes Take TakeAlongAxis Tan Tanh Tensordot Tile Trace Transpose Trapezoid Tri Tril Triu TrueDivide Trunc Unique
  UnravelIndex Vander Var Vdot View Vsplit Vstack Where Zeros ZerosLike
keras.src.optimizers.legacy.optimizer_v2: OptimizerV2
keras.src.utils.feature_space: Cross Feature
keras.src.utils.losses_utils: ReductionV2
keras.utils: FeatureSpace
keras.utils.feature_space: Cross Feature
keras.utils.losses_utils: ReductionV2
tensorflow.python.ops.init_ops_v2: Constant GlorotNormal GlorotUniform Identity Initializer Ones Orthogonal
  RandomNormal RandomUniform TruncatedNormal VarianceScaling Zeros
`;

/** Functions that may be given as an activation, a loss, a metric or an argument. */
export const KERAS_FUNCTIONS = `
keras.activations: celu elu exponential gelu glu hard_shrink hard_sigmoid hard_silu hard_swish hard_tanh leaky_relu
  linear log_sigmoid log_softmax mish relu relu6 selu sigmoid silu soft_shrink softmax softplus softsign sparse_plus
  sparse_sigmoid sparsemax squareplus swish tanh tanh_shrink threshold
keras.losses: KLD MAE MAPE MSE MSLE binary_crossentropy binary_focal_crossentropy categorical_crossentropy
  categorical_focal_crossentropy categorical_generalized_cross_entropy categorical_hinge circle cosine
  cosine_proximity cosine_similarity ctc dice hinge huber kl_divergence kld kullback_leibler_divergence log_cosh
  logcosh mae mape mean_absolute_error mean_absolute_percentage_error mean_squared_error
  mean_squared_logarithmic_error mse msle poisson sparse_categorical_crossentropy squared_hinge tversky
keras.metrics: KLD MAE MAPE MSE MSLE binary_accuracy binary_crossentropy binary_focal_crossentropy
  categorical_accuracy categorical_crossentropy categorical_focal_crossentropy categorical_hinge
  concordance_correlation cosine cosine_proximity hinge huber kl_divergence kld kullback_leibler_divergence log_cosh
  logcosh mae mape mean_absolute_error mean_absolute_percentage_error mean_squared_error
  mean_squared_logarithmic_error mse msle pearson_correlation poisson sparse_categorical_accuracy
  sparse_categorical_crossentropy sparse_top_k_categorical_accuracy squared_hinge top_k_categorical_accuracy
keras.ops: abs absolute adaptive_average_pool adaptive_max_pool add all allclose amax amin angle any append arange
  arccos arccosh arcsin arcsinh arctan arctan2 arctanh argmax argmin argpartition argsort array array_split average
  average_pool bartlett batch_normalization binary_crossentropy bincount bitwise_and bitwise_invert bitwise_left_shift
  bitwise_not bitwise_or bitwise_right_shift bitwise_xor blackman broadcast_to cast categorical_crossentropy cbrt
  cdist ceil celu cholesky cholesky_inverse clip concatenate conj conjugate conv conv_transpose convert_to_numpy
  convert_to_tensor copy corrcoef correlate cos cosh count_nonzero cross ctc_decode ctc_loss cumprod cumsum deg2rad
  depth_to_space depthwise_conv det diag diagflat diagonal diff digitize divide divide_no_nan dot
  dot_product_attention dsplit dstack dtype eig eigh einsum elu empty empty_like equal erf erfc erfinv exp exp2
  expand_dims expm1 extract_sequences eye fabs fft fft2 flip fliplr flipud floor floor_divide fmax fmin fmod fold full
  full_like gcd gelu geomspace get_item glu greater greater_equal hamming hanning hard_shrink hard_sigmoid hard_silu
  hard_swish hard_tanh heaviside histogram hsplit hstack hypot i0 identity ifft2 imag in_top_k inner inv irfft
  is_tensor isclose isfinite isin isinf isnan isneginf isposinf isreal istft kaiser kron layer_normalization lcm ldexp
  leaky_relu left_shift less less_equal linspace log log10 log1p log2 log_sigmoid log_softmax logaddexp logaddexp2
  logdet logical_and logical_not logical_or logical_xor logspace logsumexp lstsq lu_factor matmul matrix_rank max
  max_pool maximum mean median meshgrid min minimum mod moments moveaxis multi_hot multiply nan_to_num nanargmax
  nanargmin nancumprod nancumsum nanmax nanmean nanmedian nanmin nanpercentile nanprod nanquantile nanstd nansum
  nanvar ndim negative nextafter nonzero norm normalize not_equal one_hot ones ones_like outer pad percentile pinv
  polar power prod psnr ptp qr quantile rad2deg ravel real rearrange reciprocal relu relu6 repeat reshape rfft
  right_shift rms_normalization roll rot90 round rsqrt saturate_cast scatter scatter_update searchsorted segment_max
  segment_min segment_prod segment_sum select selu separable_conv shape sigmoid sign signbit silu sin sinc sinh size
  slice slice_update slogdet soft_shrink softmax softplus softsign solve solve_triangular sort space_to_depth
  sparse_categorical_crossentropy sparse_plus sparse_sigmoid sparsemax split sqrt square squareplus squeeze stack std
  stft subtract sum svd swapaxes swish take take_along_axis tan tanh tanh_shrink tensordot threshold tile top_k trace
  transpose trapezoid tri tril triu true_divide trunc unfold unique unravel_index unstack vander var vdot view
  view_as_complex view_as_real vsplit vstack where zeros zeros_like
keras.ops.image: affine_transform crop_images elastic_transform extract_patches extract_patches_3d gaussian_blur
  hsv_to_rgb map_coordinates pad_images perspective_transform resize rgb_to_grayscale rgb_to_hsv scale_and_translate
  sobel_edges ssim
keras.ops.linalg: cholesky cholesky_inverse det eig eigh inv lstsq lu_factor matrix_rank norm pinv qr solve
  solve_triangular svd
keras.ops.nn: adaptive_average_pool adaptive_max_pool average_pool batch_normalization binary_crossentropy
  categorical_crossentropy celu conv conv_transpose ctc_decode ctc_loss depth_to_space depthwise_conv
  dot_product_attention elu fold gelu glu hard_shrink hard_sigmoid hard_silu hard_swish hard_tanh layer_normalization
  leaky_relu log_sigmoid log_softmax max_pool moments multi_hot normalize one_hot polar psnr relu relu6
  rms_normalization selu separable_conv sigmoid silu soft_shrink softmax softplus softsign space_to_depth
  sparse_categorical_crossentropy sparse_plus sparse_sigmoid sparsemax squareplus swish tanh_shrink threshold unfold
keras.ops.numpy: abs absolute add all allclose amax amin angle any append arange arccos arccosh arcsin arcsinh arctan
  arctan2 arctanh argmax argmin argpartition argsort array array_split average bartlett bincount bitwise_and
  bitwise_invert bitwise_left_shift bitwise_not bitwise_or bitwise_right_shift bitwise_xor blackman broadcast_to cbrt
  ceil clip concatenate conj conjugate copy corrcoef correlate cos cosh count_nonzero cross cumprod cumsum deg2rad
  diag diagflat diagonal diff digitize divide divide_no_nan dot dsplit dstack einsum empty empty_like equal exp exp2
  expand_dims expm1 eye fabs flip fliplr flipud floor floor_divide fmax fmin fmod full full_like gcd geomspace
  get_item greater greater_equal hamming hanning heaviside histogram hsplit hstack hypot i0 identity imag inner
  isclose isfinite isin isinf isnan isneginf isposinf isreal kaiser kron lcm ldexp left_shift less less_equal linspace
  log log10 log1p log2 logaddexp logaddexp2 logical_and logical_not logical_or logical_xor logspace matmul max maximum
  mean median meshgrid min minimum mod moveaxis multiply nan_to_num nanargmax nanargmin nancumprod nancumsum nanmax
  nanmean nanmedian nanmin nanpercentile nanprod nanquantile nanstd nansum nanvar ndim negative nextafter nonzero
  not_equal ones ones_like outer pad percentile power prod ptp quantile rad2deg ravel real reciprocal repeat reshape
  right_shift roll rot90 round searchsorted select sign signbit sin sinc sinh size slogdet sort split sqrt square
  squeeze stack std subtract sum swapaxes take take_along_axis tan tanh tensordot tile trace transpose trapezoid tri
  tril triu true_divide trunc unique unravel_index vander var vdot view vsplit vstack where zeros zeros_like
`;

/** Functions of TensorFlow that a functional model may call (TFOpLambda); those of `tf` have no module there. */
export const TENSORFLOW_FUNCTIONS = `
__operators__: add eq getitem ne ragged_getitem
bitwise: bitwise_and bitwise_or bitwise_xor invert left_shift right_shift
dtypes: as_dtype cast complex saturate_cast
image: adjust_brightness adjust_contrast adjust_gamma adjust_hue adjust_jpeg_quality adjust_saturation central_crop
  combined_non_max_suppression convert_image_dtype crop_and_resize crop_to_bounding_box decode_and_crop_jpeg
  decode_bmp decode_gif decode_image decode_jpeg decode_jxl decode_png decode_webp draw_bounding_boxes encode_jpeg
  encode_png extract_glimpse extract_jpeg_shape extract_patches flip_left_right flip_up_down
  generate_bounding_box_proposals grayscale_to_rgb hsv_to_rgb image_gradients is_jpeg non_max_suppression
  non_max_suppression_overlaps non_max_suppression_padded non_max_suppression_with_scores pad_to_bounding_box
  per_image_standardization psnr random_brightness random_contrast random_crop random_flip_left_right
  random_flip_up_down random_hue random_jpeg_quality random_saturation resize resize_with_crop_or_pad resize_with_pad
  rgb_to_grayscale rgb_to_hsv rgb_to_yiq rgb_to_yuv rot90 sample_distorted_bounding_box sobel_edges ssim
  ssim_multiscale stateless_random_brightness stateless_random_contrast stateless_random_crop
  stateless_random_flip_left_right stateless_random_flip_up_down stateless_random_hue stateless_random_jpeg_quality
  stateless_random_saturation stateless_sample_distorted_bounding_box total_variation transpose yiq_to_rgb yuv_to_rgb
linalg: adjoint band_part banded_triangular_solve cholesky cholesky_solve cross det diag diag_part eig eigh
  eigh_tridiagonal eigvals eigvalsh einsum expm eye global_norm inv l2_normalize logdet logm lstsq lu
  lu_matrix_inverse lu_reconstruct lu_solve matmul matrix_rank matrix_transpose matvec norm normalize pinv qr slogdet
  solve sqrtm svd tensor_diag tensor_diag_part tensordot trace triangular_solve tridiagonal_matmul tridiagonal_solve
math: abs accumulate_n acos acosh add add_n angle approx_max_k approx_min_k argmax argmin asin asinh atan atan2 atanh
  bessel_i0 bessel_i0e bessel_i1 bessel_i1e betainc bincount ceil confusion_matrix conj cos cosh count_nonzero cumprod
  cumsum cumulative_logsumexp digamma divide divide_no_nan equal erf erfc erfcinv erfinv exp expm1 floor floordiv
  floormod greater greater_equal igamma igammac imag in_top_k invert_permutation is_finite is_inf is_nan
  is_non_decreasing is_strictly_increasing l2_normalize lbeta less less_equal lgamma log log1p log_sigmoid log_softmax
  logical_and logical_not logical_or logical_xor maximum minimum mod multiply multiply_no_nan ndtri negative nextafter
  not_equal polygamma polyval pow real reciprocal reciprocal_no_nan reduce_all reduce_any reduce_euclidean_norm
  reduce_logsumexp reduce_max reduce_mean reduce_min reduce_prod reduce_std reduce_sum reduce_variance rint round
  rsqrt scalar_mul segment_max segment_mean segment_min segment_prod segment_sum sigmoid sign sin sinh sobol_sample
  softmax softplus softsign sqrt square squared_difference subtract tan tanh top_k truediv unsorted_segment_max
  unsorted_segment_mean unsorted_segment_min unsorted_segment_prod unsorted_segment_sqrt_n unsorted_segment_sum xdivy
  xlog1py xlogy zero_fraction zeta
nn: all_candidate_sampler approx_max_k approx_min_k atrous_conv2d atrous_conv2d_transpose avg_pool avg_pool1d
  avg_pool2d avg_pool3d batch_norm_with_global_normalization batch_normalization bias_add collapse_repeated
  compute_accidental_hits compute_average_loss conv1d conv1d_transpose conv2d conv2d_transpose conv3d conv3d_transpose
  conv_transpose convolution crelu ctc_beam_search_decoder ctc_greedy_decoder ctc_loss ctc_unique_labels
  depth_to_space depthwise_conv2d depthwise_conv2d_backprop_filter depthwise_conv2d_backprop_input dilation2d dropout
  elu embedding_lookup embedding_lookup_sparse erosion2d fractional_avg_pool fractional_max_pool gelu in_top_k
  isotonic_regression l2_loss l2_normalize leaky_relu learned_unigram_candidate_sampler local_response_normalization
  log_poisson_loss log_softmax lrn max_pool max_pool1d max_pool2d max_pool3d max_pool_with_argmax moments nce_loss
  normalize_moments pool relu relu6 safe_embedding_lookup_sparse sampled_softmax_loss scale_regularization_loss selu
  separable_conv2d sigmoid sigmoid_cross_entropy_with_logits silu softmax softmax_cross_entropy_with_logits softplus
  softsign space_to_batch space_to_depth sparse_softmax_cross_entropy_with_logits sufficient_statistics swish tanh
  top_k weighted_cross_entropy_with_logits weighted_moments zero_fraction
quantization: dequantize fake_quant_with_min_max_args fake_quant_with_min_max_args_gradient
  fake_quant_with_min_max_vars fake_quant_with_min_max_vars_gradient fake_quant_with_min_max_vars_per_channel
  fake_quant_with_min_max_vars_per_channel_gradient quantize quantize_and_dequantize quantize_and_dequantize_v2
  quantized_concat
ragged: boolean_mask constant cross cross_hashed range row_splits_to_segment_ids segment_ids_to_row_splits stack
  stack_dynamic_partitions
random: all_candidate_sampler categorical create_rng_state fold_in gamma learned_unigram_candidate_sampler
  log_uniform_candidate_sampler normal poisson shuffle split stateless_binomial stateless_categorical stateless_gamma
  stateless_normal stateless_parameterized_truncated_normal stateless_poisson stateless_truncated_normal
  stateless_uniform truncated_normal uniform uniform_candidate_sampler
sets: difference intersection size union
signal: dct fft fft2d fft3d fftnd fftshift frame hamming_window hann_window idct ifft ifft2d ifft3d ifftnd ifftshift
  inverse_mdct inverse_stft inverse_stft_window_fn irfft irfft2d irfft3d irfftnd kaiser_bessel_derived_window
  kaiser_window linear_to_mel_weight_matrix mdct mfccs_from_log_mel_spectrograms overlap_and_add rfft rfft2d rfft3d
  rfftnd stft vorbis_window
sparse: add bincount concat cross cross_hashed expand_dims eye fill_empty_rows from_dense mask maximum minimum
  reduce_max reduce_sum reorder reset_shape reshape retain sampled_addmm segment_mean segment_sqrt_n segment_sum slice
  softmax sparse_dense_matmul split to_dense to_indicator transpose
strings: as_string bytes_split format join length lower ngrams reduce_join regex_full_match regex_replace split strip
  substr to_hash_bucket to_hash_bucket_fast to_hash_bucket_strong to_number unicode_decode unicode_decode_with_offsets
  unicode_encode unicode_script unicode_split unicode_split_with_offsets unicode_transcode unsorted_segment_join upper
tf: abs acos acosh add add_n argmax argmin argsort as_string asin asinh atan atan2 atanh batch_to_space bitcast
  boolean_mask broadcast_to cast clip_by_global_norm clip_by_norm clip_by_value complex concat constant
  convert_to_tensor cos cosh cumsum divide edit_distance eig eigvals einsum ensure_shape equal exp expand_dims eye
  fill floor gather gather_nd greater greater_equal histogram_fixed_width identity identity_n less less_equal linspace
  logical_and logical_not logical_or matmul maximum meshgrid minimum multiply negative no_op norm not_equal one_hot
  ones ones_like pad pow range rank realdiv reduce_all reduce_any reduce_logsumexp reduce_max reduce_mean reduce_min
  reduce_prod reduce_sum repeat reshape reverse reverse_sequence roll round saturate_cast scalar_mul scatter_nd
  searchsorted sequence_mask shape shape_n sigmoid sign sin sinh size slice sort space_to_batch space_to_batch_nd
  split sqrt square squeeze stack stop_gradient strided_slice subtract tan tanh tensor_scatter_nd_add
  tensor_scatter_nd_max tensor_scatter_nd_min tensor_scatter_nd_sub tensor_scatter_nd_update tensordot tile timestamp
  transpose truncatediv truncatemod unique unique_with_counts unravel_index unstack where zeros zeros_like
`;
