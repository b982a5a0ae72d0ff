import type { AllowlistSource } from './source.ts';

const OFFSETS = `BDay BMonthBegin BMonthEnd BQuarterBegin BQuarterEnd BYearBegin BYearEnd BusinessDay BusinessHour
  BusinessMonthBegin BusinessMonthEnd CustomBusinessDay DateOffset Day Easter FY5253 FY5253Quarter Hour
  LastWeekOfMonth Micro Milli Minute MonthBegin MonthEnd Nano QuarterBegin QuarterEnd Second SemiMonthBegin
  SemiMonthEnd Tick Week WeekOfMonth YearBegin YearEnd`;

const INDEXES = `CategoricalIndex DatetimeIndex Index IntervalIndex MultiIndex PeriodIndex RangeIndex TimedeltaIndex`;

const EXTENSION = `BooleanDtype CategoricalDtype DatetimeTZDtype Float32Dtype Float64Dtype Int16Dtype Int32Dtype Int64Dtype
  Int8Dtype IntervalDtype PeriodDtype SparseDtype StringDtype UInt16Dtype UInt32Dtype UInt64Dtype UInt8Dtype`;

/**
 * Frames, series and indexes: public names as pandas 3 pickles them, module names as pandas 1 and 2 do. Time zones are
 * read from their own database by a name that cannot leave it.
 */
export const PANDAS: AllowlistSource = {
  producer: 'pandas',
  version: '3.1.1',
  calls: `
pandas: Categorical DataFrame Interval Period Series Timedelta Timestamp ${INDEXES} ${EXTENSION}
pandas.arrays: ArrowStringArray BooleanArray DatetimeArray FloatingArray IntegerArray IntervalArray
  NumpyExtensionArray PeriodArray SparseArray StringArray TimedeltaArray
pandas.core.frame: DataFrame
pandas.core.series: Series
pandas.core.internals.managers: BlockManager SingleBlockManager
pandas.core.internals.blocks: new_block
pandas.core.indexes.base: Index _new_Index
pandas.core.indexes.category: CategoricalIndex
pandas.core.indexes.datetimes: DatetimeIndex _new_DatetimeIndex
pandas.core.indexes.frozen: FrozenList
pandas.core.indexes.interval: IntervalIndex
pandas.core.indexes.multi: MultiIndex
pandas.core.indexes.numeric: Float64Index Int64Index UInt64Index
pandas.core.indexes.period: PeriodIndex _new_PeriodIndex
pandas.core.indexes.range: RangeIndex
pandas.core.indexes.timedeltas: TimedeltaIndex
pandas.core.arrays.boolean: BooleanArray BooleanDtype
pandas.core.arrays.categorical: Categorical
pandas.core.arrays.datetimes: DatetimeArray
pandas.core.arrays.floating: FloatingArray Float32Dtype Float64Dtype
pandas.core.arrays.integer: IntegerArray Int16Dtype Int32Dtype Int64Dtype Int8Dtype UInt16Dtype UInt32Dtype
  UInt64Dtype UInt8Dtype
pandas.core.arrays.interval: IntervalArray
pandas.core.arrays.numpy_: NumpyExtensionArray PandasArray
pandas.core.arrays.period: PeriodArray
pandas.core.arrays.sparse.array: SparseArray
pandas.core.arrays.sparse.dtype: SparseDtype
pandas.core.arrays.string_: StringArray StringDtype
pandas.core.arrays.string_arrow: ArrowStringArray ArrowStringArrayNumpySemantics
pandas.core.arrays.timedeltas: TimedeltaArray
pandas.core.dtypes.dtypes: CategoricalDtype DatetimeTZDtype IntervalDtype PeriodDtype
pandas.core.flags: Flags
pandas._libs.arrays: __pyx_unpickle_NDArrayBacked
pandas._libs.internals: BlockManager _unpickle_block
pandas._libs.interval: Interval __pyx_unpickle_IntervalMixin
pandas._libs.sparse: BlockIndex IntIndex
pandas._libs.tslibs.nattype: _nat_unpickle
pandas._libs.tslibs.offsets: ${OFFSETS}
pandas._libs.tslibs.period: _unpickle_period
pandas._libs.tslibs.timedeltas: _timedelta_unpickle
pandas._libs.tslibs.timestamps: _unpickle_timestamp
pytz: _UTC _p
zoneinfo: ZoneInfo._unpickle
pyarrow.lib: _restore_array py_buffer type_for_alias
`,
  mentions: `
zoneinfo: ZoneInfo
pandas: NA NaT
pandas._libs.missing: NA
pandas._libs.tslibs.nattype: NaT
`,
};
