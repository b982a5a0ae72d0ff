import type { AllowlistSource } from './source.ts';

/** What `torch.load(weights_only=True)` accepts by itself, as torch 2.13.0 lists it. */
export const TORCH_WEIGHTS_ONLY: AllowlistSource = {
  producer: 'torch',
  version: '2.13.0',
  calls: `
torch: BFloat16Storage BFloat16Tensor BoolStorage BoolTensor ByteStorage ByteTensor CharStorage CharTensor
  ComplexDoubleStorage ComplexFloatStorage DoubleStorage DoubleTensor FloatStorage FloatTensor HalfStorage
  HalfTensor IntStorage IntTensor LongStorage LongTensor QInt32Storage QInt8Storage QUInt2x4Storage
  QUInt4x2Storage QUInt8Storage ShortStorage ShortTensor Size Tensor bfloat16 bits16 bits1x8 bits2x4 bits4x2
  bits8 bool complex128 complex32 complex64 device float16 float32 float4_e2m1fn_x2 float64 float8_e4m3fn
  float8_e4m3fnuz float8_e5m2 float8_e5m2fnuz float8_e8m0fnu int1 int16 int2 int3 int32 int4 int5 int6 int64
  int7 int8 per_channel_affine per_channel_affine_float_qparams per_channel_symmetric per_tensor_affine
  per_tensor_symmetric qint32 qint8 quint2x4 quint4x2 quint8 uint1 uint16 uint2 uint3 uint32 uint4 uint5 uint6
  uint64 uint7 uint8
torch._tensor: _rebuild_from_type_v2
torch._utils: _rebuild_device_tensor_from_cpu_tensor _rebuild_device_tensor_from_numpy
  _rebuild_meta_tensor_no_storage _rebuild_nested_tensor _rebuild_parameter _rebuild_parameter_with_state
  _rebuild_qtensor _rebuild_sparse_tensor _rebuild_tensor _rebuild_tensor_v2 _rebuild_tensor_v3
  _rebuild_wrapper_subclass
torch.cuda: BFloat16Storage BFloat16Tensor BoolStorage BoolTensor ByteStorage ByteTensor CharStorage CharTensor
  ComplexDoubleStorage ComplexFloatStorage DoubleStorage DoubleTensor FloatStorage FloatTensor HalfStorage
  HalfTensor IntStorage IntTensor LongStorage LongTensor ShortStorage ShortTensor
torch.cuda.sparse: BFloat16Tensor ByteTensor CharTensor DoubleTensor FloatTensor HalfTensor IntTensor LongTensor
  ShortTensor
torch.nn.parameter: Parameter
torch.serialization: _get_layout
torch.sparse: BFloat16Tensor ByteTensor CharTensor DoubleTensor FloatTensor HalfTensor IntTensor LongTensor
  ShortTensor
torch.storage: TypedStorage UntypedStorage
`,
  mentions: '',
};

/** The layers of torch 2.6.0, for whole modules saved as pickles: constructors and state setters only store. */
export const TORCH_LAYERS: AllowlistSource = {
  producer: 'torch',
  version: '2.6.0',
  calls: `
torch.nn.modules.activation: Threshold ReLU RReLU Hardtanh ReLU6 Sigmoid Hardsigmoid Tanh SiLU Mish Hardswish
  ELU CELU SELU GLU GELU Hardshrink LeakyReLU LogSigmoid Softplus Softshrink MultiheadAttention PReLU Softsign
  Tanhshrink Softmin Softmax Softmax2d LogSoftmax
torch.nn.modules.adaptive: AdaptiveLogSoftmaxWithLoss
torch.nn.modules.batchnorm: _NormBase _BatchNorm _LazyNormBase BatchNorm1d LazyBatchNorm1d BatchNorm2d
  LazyBatchNorm2d BatchNorm3d LazyBatchNorm3d SyncBatchNorm
torch.nn.modules.channelshuffle: ChannelShuffle
torch.nn.modules.container: Container Sequential ModuleList ModuleDict ParameterList ParameterDict
torch.nn.modules.conv: _ConvNd Conv1d Conv2d Conv3d _ConvTransposeNd ConvTranspose1d ConvTranspose2d
  ConvTranspose3d _ConvTransposeMixin _LazyConvXdMixin LazyConv1d LazyConv2d LazyConv3d LazyConvTranspose1d
  LazyConvTranspose2d LazyConvTranspose3d
torch.nn.modules.distance: PairwiseDistance CosineSimilarity
torch.nn.modules.dropout: _DropoutNd Dropout Dropout1d Dropout2d Dropout3d AlphaDropout FeatureAlphaDropout
torch.nn.modules.flatten: Flatten Unflatten
torch.nn.modules.fold: Fold Unfold
torch.nn.modules.instancenorm: _InstanceNorm InstanceNorm1d LazyInstanceNorm1d InstanceNorm2d LazyInstanceNorm2d
  InstanceNorm3d LazyInstanceNorm3d
torch.nn.modules.lazy: LazyModuleMixin
torch.nn.modules.linear: Identity Linear NonDynamicallyQuantizableLinear Bilinear LazyLinear
torch.nn.modules.loss: _Loss _WeightedLoss L1Loss NLLLoss NLLLoss2d PoissonNLLLoss GaussianNLLLoss KLDivLoss
  MSELoss BCELoss BCEWithLogitsLoss HingeEmbeddingLoss MultiLabelMarginLoss SmoothL1Loss HuberLoss
  SoftMarginLoss CrossEntropyLoss MultiLabelSoftMarginLoss CosineEmbeddingLoss MarginRankingLoss MultiMarginLoss
  TripletMarginLoss TripletMarginWithDistanceLoss CTCLoss
torch.nn.modules.module: _IncompatibleKeys Module
torch.nn.modules.normalization: LocalResponseNorm CrossMapLRN2d LayerNorm GroupNorm RMSNorm
torch.nn.modules.padding: _CircularPadNd CircularPad1d CircularPad2d CircularPad3d _ConstantPadNd ConstantPad1d
  ConstantPad2d ConstantPad3d _ReflectionPadNd ReflectionPad1d ReflectionPad2d ReflectionPad3d _ReplicationPadNd
  ReplicationPad1d ReplicationPad2d ReplicationPad3d ZeroPad1d ZeroPad2d ZeroPad3d
torch.nn.modules.pixelshuffle: PixelShuffle PixelUnshuffle
torch.nn.modules.pooling: _MaxPoolNd MaxPool1d MaxPool2d MaxPool3d _MaxUnpoolNd MaxUnpool1d MaxUnpool2d
  MaxUnpool3d _AvgPoolNd AvgPool1d AvgPool2d AvgPool3d FractionalMaxPool2d FractionalMaxPool3d _LPPoolNd
  LPPool1d LPPool2d LPPool3d _AdaptiveMaxPoolNd AdaptiveMaxPool1d AdaptiveMaxPool2d AdaptiveMaxPool3d
  _AdaptiveAvgPoolNd AdaptiveAvgPool1d AdaptiveAvgPool2d AdaptiveAvgPool3d
torch.nn.modules.rnn: RNNBase RNN LSTM GRU RNNCellBase RNNCell LSTMCell GRUCell
torch.nn.modules.sparse: Embedding EmbeddingBag
torch.nn.modules.transformer: Transformer TransformerEncoder TransformerDecoder TransformerEncoderLayer
  TransformerDecoderLayer
torch.nn.modules.upsampling: Upsample UpsamplingNearest2d UpsamplingBilinear2d
torch.nn.parameter: Parameter Buffer UninitializedParameter UninitializedBuffer
torch.torch_version: TorchVersion
torch.storage: _load_from_bytes
`,
  mentions: `
torch.nn.functional: relu gelu silu elu selu leaky_relu softmax log_softmax sigmoid tanh mish hardswish
torch: relu sigmoid tanh softmax
torch._C._nn: gelu
`,
};
