import type { AllowlistSource } from './source.ts';

/** What `training_args.bin` holds beside the weights of a fine-tuned model: settings, and enumerations called with their value. */
export const HUGGING_FACE: AllowlistSource = {
  producer: 'transformers',
  version: '4.57.1',
  calls: `
accelerate.utils.dataclasses: DistributedType
transformers.trainer_utils: EvaluationStrategy FSDPOption HubStrategy IntervalStrategy SaveStrategy SchedulerType
transformers.training_args: OptimizerNames ParallelMode
`,
  bare: `
accelerate.state: PartialState
transformers.trainer_pt_utils: AcceleratorConfig
transformers.training_args: TrainingArguments
transformers.training_args_seq2seq: Seq2SeqTrainingArguments
`,
  mentions: '',
};
