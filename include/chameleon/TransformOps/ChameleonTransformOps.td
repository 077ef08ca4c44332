//===- ChameleonTransformOps.td - transform.chameleon.*, alphabetical
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM Exceptions.
// See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Own transform operations exist only where upstream takes no parameter or has no operation. Each one is
// implemented in a file of its own in lib/TransformOps.
//
//===----------------------------------------------------------------------===//

#ifndef CHAMELEON_TRANSFORMOPS_TD
#define CHAMELEON_TRANSFORMOPS_TD

include "mlir/Dialect/Transform/IR/TransformDialect.td"
include "mlir/Dialect/Transform/IR/TransformTypes.td"
include "mlir/Dialect/Transform/Interfaces/MatchInterfaces.td"
include "mlir/Dialect/Transform/Interfaces/TransformInterfaces.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"
include "mlir/IR/OpBase.td"

// The parameters of schedules; operations that take no other kind need not spell it.
def Chameleon_I64Param : Type<
    CPred<"$_self == ::mlir::transform::ParamType::get($_self.getContext(), "
          "::mlir::IntegerType::get($_self.getContext(), 64))">, "!transform.param<i64>",
    "::mlir::transform::TransformParamTypeInterface">,
  BuildableType<"::mlir::transform::ParamType::get($_builder.getContext(), $_builder.getIntegerType(64))">;

class Chameleon_TransformOp<string mnemonic, list<Trait> traits = []>
    : Op<Transform_Dialect, "chameleon." # mnemonic, traits> {
  let cppNamespace = "::chameleon::transform_ops";
}

def Chameleon_AppliesOp : Chameleon_TransformOp<"applies",
    [DeclareOpInterfaceMethods<MemoryEffectsOpInterface>, DeclareOpInterfaceMethods<TransformOpInterface>,
     MatchOpInterface]> {
  let summary = "Whether a lowering can do an operation";
  let description = [{
    For matchers: fails where the operation named `transform.chameleon.<lowering>` would, whatever its parameters, by
    the same code, and says why. Lowerings: `lower_contraction`, `lower_to_gpu_contraction`, `lower_to_gpu_loops` and
    `lower_to_vectors`; `vectorize` is `transform.structured.vectorize` of tiles. For the last two, each structured
    operation of the target's function must have operands at linear indices, since tiles of others cannot be told.

    ```mlir
    transform.chameleon.applies "lower_to_gpu_contraction" to %anchor : !transform.any_op
    ```

    #### Return modes

    Only reads the target. A target that the lowering cannot do is a silenceable failure; so that whoever asks for
    schedules learns of it, the reason is a remark at the target, too.
  }];
  let arguments = (ins TransformHandleTypeInterface:$target, StrAttr:$lowering);
  let assemblyFormat = "$lowering `to` $target attr-dict `:` type($target)";
  let hasVerifier = 1;
}

def Chameleon_ApproximateMathOp : Chameleon_TransformOp<"approximate_math",
    [DeclareOpInterfaceMethods<MemoryEffectsOpInterface>, TransformOpInterface, TransformEachOpTrait]> {
  let summary = "Replaces math functions of vectors by arithmetic";
  let description = [{
    Within the target, functions of vectors of `f32` and narrower types become straight-line arithmetic that is within two units
    in the last place for every argument (`docs/kernels.md`). Otherwise they would be a call for each element. Scalars, double
    precision and everything else stay as they are.

    ```mlir
    transform.chameleon.approximate_math %function : !transform.any_op
    ```
  }];
  let arguments = (ins TransformHandleTypeInterface:$target);
  let assemblyFormat = [{ $target attr-dict custom<Signature>("\"h\"", type($target)) }];
  let extraClassDeclaration = [{
    ::mlir::DiagnosedSilenceableFailure applyToOne(
        ::mlir::transform::TransformRewriter &rewriter, ::mlir::Operation *target,
        ::mlir::transform::ApplyToEachResultList &results, ::mlir::transform::TransformState &state);
  }];
}

def Chameleon_ConstrainOp : Chameleon_TransformOp<"constrain",
    [DeclareOpInterfaceMethods<MemoryEffectsOpInterface>, DeclareOpInterfaceMethods<TransformOpInterface>]> {
  let summary = "Constraints on parameters as one writes them; the text of `transform.smt.constrain_params`";
  let description = [{
    A spelling, not an operation: what is parsed is `transform.smt.constrain_params` with the operations of the SMT dialect in its
    region, and that is what is printed. So everything that knows constraints knows these. docs/schedules.md has the grammar.

    ```mlir
    %lanes, %mc = transform.chameleon.constrain {
      // Whole registers; accumulators, a row of vectors and a scalar fit.
      let lanes = %register_bits div %width
      let vectors = %nr div lanes
      assert %nr mod lanes == 0
      assert %mr * vectors + vectors + 1 <= %registers
      yield lanes, %mr * %row_panels
    }
    ```

    - `%name` is a parameter of the schedule, of type `!transform.param<i64>`, whose value is an integer; so are the results, one for
      each expression that is yielded.
    - `let` names a value within the constraint. `assert` tells what a legal configuration meets.
    - Integers: `+`, `-`, `*`, `div` and `mod` (SMT-LIB's: the remainder is never negative), `a ceildiv b` for
      `(a + b - 1) div b`, `abs(a)`, `min(a, b, ...)`, `max(a, b, ...)`.
    - Conditions: `==`, `<`, `<=`, `>`, `>=`, `distinct(a, b, ...)`, `not`, `and`, `or`, `xor`, `implies`, `true`, `false`;
      `if condition then a else b` is either.
  }];
  let hasCustomAssemblyFormat = 1;
  let hasVerifier = 1;
}

def Chameleon_ContractionExtentsOp : Chameleon_TransformOp<"contraction_extents",
    [DeclareOpInterfaceMethods<MemoryEffectsOpInterface>, DeclareOpInterfaceMethods<TransformOpInterface>,
     MatchOpInterface]> {
  let summary = "Size of a contraction or convolution as a matrix product";
  let description = [{
    Counts the iterations of the loops of a product of two tensors which move both inputs or none (`batch`), one of them (`rows`
    and `columns`) or the sum (`depth`), as `transform.chameleon.lower_to_gpu_contraction` does: columns are the side whose loops
    come last in the result. Matrix products, batched or not, and convolutions of any layout and grouping have them. A fact for
    constraints.

    ```mlir
    %batch, %rows, %columns, %depth = transform.chameleon.contraction_extents %anchor
    // linalg.conv_2d_nhwc_hwcf, 3x3, of 1x58x58x64 into 1x56x56x128: 1, 3136, 128, 576
    ```

    #### Return modes

    Only reads the target. A target that is no structured operation of two tensors with one result and reduction loops, whose loops
    are not all of known extent, or whose result is not written along loops, is a silenceable failure, as is more than one target.
  }];
  let arguments = (ins Transform_AnyOpType:$target);
  let results = (outs Chameleon_I64Param:$batch, Chameleon_I64Param:$rows, Chameleon_I64Param:$columns,
    Chameleon_I64Param:$depth);
  let assemblyFormat = "$target attr-dict";
}

def Chameleon_ElementBitsOp : Chameleon_TransformOp<"element_bits",
    [DeclareOpInterfaceMethods<MemoryEffectsOpInterface>, DeclareOpInterfaceMethods<TransformOpInterface>,
     MatchOpInterface]> {
  let summary = "Width of an element of an operand, or of the result";
  let description = [{
    The bits that memory has for an element of operand number `position` of the target, or of its first result: 8 for `i1`, `i4` and
    `f8E5M2`, 32 for `i24`, 64 for `index`. A fact for constraints: how many elements a vector register or a line of memory holds.

    ```mlir
    %width = transform.chameleon.element_bits %anchor
    %width_of_image = transform.chameleon.element_bits %anchor[0]
    ```

    #### Return modes

    Only reads the target. A target without such an operand or without results, one whose elements are no integers, indices or floats, and
    more than one target are silenceable failures.
  }];
  let arguments = (ins Transform_AnyOpType:$target, OptionalAttr<I64Attr>:$position);
  let results = (outs Chameleon_I64Param:$bits);
  let assemblyFormat = "$target (`[` $position^ `]`)? attr-dict";
}

def Chameleon_FoldStridedAccessOp : Chameleon_TransformOp<"fold_strided_access",
    [DeclareOpInterfaceMethods<MemoryEffectsOpInterface>, DeclareOpInterfaceMethods<TransformOpInterface>]> {
  let summary = "Reads the windows of a tiled convolution through strided slices";
  let description = [{
    A convolution whose window and input channels are tiled to one still reads its image at `d2 * 2 + d5`, which
    `transform.structured.vectorize` does not take. With `d5` of extent 1 that is every second element of the operand: this
    operation takes them by a `tensor.extract_slice` with strides, so that the operand's map becomes a list of loops.

    ```mlir
    transform.chameleon.fold_strided_access %convolution : !transform.any_op
    // linalg.generic (d2 * 2 + d5, d3 * 2 + d6) ins(%tile : tensor<1x27xf32>)
    // tensor.extract_slice %tile[0, 0] [1, 14] [1, 2] : tensor<1x27xf32> to tensor<14xf32> and linalg.generic (d3)
    ```

    Dimensions of the operand which the loops do not move along are dropped. An operand whose map is a list of loops already, that
    is read along two loops at once, or whose size is not static stays as it is.

    #### Return modes

    Modifies the payload in place. An operation that is no `linalg.generic` on tensors is a silenceable failure.
  }];
  let arguments = (ins TransformHandleTypeInterface:$target);
  let assemblyFormat = [{ $target attr-dict custom<Signature>("\"h\"", type($target)) }];
}

def Chameleon_IsConstantOp : Chameleon_TransformOp<"is_constant",
    [DeclareOpInterfaceMethods<MemoryEffectsOpInterface>, DeclareOpInterfaceMethods<TransformOpInterface>,
     MatchOpInterface]> {
  let summary = "Whether an operand is computed once, before the function is ever called";
  let description = [{
    1 if operand number `position` of the target is an argument of the function with the attribute `chameleon.constant`
    (a model's weights), or a slice or another shape of one; else 0. A fact for constraints: it is worth laying out anew
    what is laid out once.

    ```mlir
    %constant = transform.chameleon.is_constant %anchor[1] : (!transform.any_op) -> !transform.param<i64>
    ```

    #### Return modes

    Only reads the target. A target without such an operand is a silenceable failure, as is more than one target.
  }];
  let arguments = (ins TransformHandleTypeInterface:$target, I64Attr:$position);
  let results = (outs TransformParamTypeInterface:$constant);
  let assemblyFormat = [{
    $target `[` $position `]` attr-dict custom<Signature>("\"h>p\"", type($target), type($constant))
  }];
}

def Chameleon_LoopExtentsOp : Chameleon_TransformOp<"loop_extents",
    [InferTypeOpAdaptor, DeclareOpInterfaceMethods<MemoryEffectsOpInterface>,
     DeclareOpInterfaceMethods<TransformOpInterface>, MatchOpInterface]> {
  let summary = "Extents of some loops of a structured operation";
  let description = [{
    One parameter for each of the loops that are listed by number. `transform.match.structured.dim` gives the same, but only within
    the region of a `transform.match.structured`. Facts for constraints.

    ```mlir
    %rows, %columns, %depth = transform.chameleon.loop_extents %anchor[0, 1, 2]
    ```

    #### Return modes

    Only reads the target. A target that is no structured operation, that has no such loop or one of unknown extent there, and more
    than one target are silenceable failures.
  }];
  let arguments = (ins Transform_AnyOpType:$target, DenseI64ArrayAttr:$loops);
  let results = (outs Variadic<Chameleon_I64Param>:$extents);
  let assemblyFormat = "$target `` $loops attr-dict";
}

def Chameleon_LowerContractionOp : Chameleon_TransformOp<"lower_contraction",
    [DeclareOpInterfaceMethods<MemoryEffectsOpInterface>, DeclareOpInterfaceMethods<TransformOpInterface>]> {
  let summary = "Lowers a contraction to loops over register tiles of a fixed size, with packed operands";
  let description = [{
    The target is a matmul in the wide sense, usually a cache tile: one row, one column and one reduction dimension in any
    order, and batch dimensions of extent 1. It becomes a loop nest (reduction in steps of `depth`, column panels, row panels,
    reduction) around register tiles of `rows` × `columns` accumulators, vectors of up to 64 bytes carried by the innermost
    loop. A product that is added to the accumulator becomes `math.fma`.

    - Operands are copied into panels, by vectors. An operand that is read along the lanes is transposed if the reduction
      dimension is its contiguous one. With `pack_lhs` or `pack_rhs` 0 the first or second operand is read where it is if its
      order allows it and it has whole panels; with 1 it is packed for the tile, with 2 block by block of the reduction, right
      before use. With 3 the matrix that the tile is a slice of is packed as a whole, ahead of all loops, where it is known
      that the slice starts with a whole panel and has all steps of the reduction (else as with 1): constants at load.
    - Where `rows` or `columns` do not divide the extents (static, or dynamic with a constant upper bound, as tiles that do
      not divide have), the last panels are filled up, the result is accumulated in a scratch tensor and the part that
      counts is taken from it. If that part does not feed an epilogue, it is copied into the destination.
    - `fills` are the fills of the accumulators and `copies` the copies into destinations, all matrices, left for the
      schedule to tile and vectorise.

    The panels of an operand depend only on the loops on which the operand depends: `transform.apply_licm` moves their
    computation out of the others.

    ```mlir
    %fills, %copies = transform.chameleon.lower_contraction %tile rows %mr columns %nr depth %kc pack_lhs %a pack_rhs %b
      : (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>,
         !transform.param<i64>) -> (!transform.any_op, !transform.any_op)
    ```

    #### Return modes

    Consumes the target. Parameters that are not one integer each, positive for the tile, are a definite failure; a target
    of another form is a silenceable one.
  }];
  let arguments = (ins TransformHandleTypeInterface:$target, TransformParamTypeInterface:$rows,
    TransformParamTypeInterface:$columns, TransformParamTypeInterface:$depth, TransformParamTypeInterface:$pack_lhs,
    TransformParamTypeInterface:$pack_rhs);
  let results = (outs TransformHandleTypeInterface:$fills, TransformHandleTypeInterface:$copies);
  let assemblyFormat = [{
    $target `rows` $rows `columns` $columns `depth` $depth `pack_lhs` $pack_lhs `pack_rhs` $pack_rhs attr-dict
    custom<Signature>("\"hppppp>hh\"", type($target), type($rows), type($columns), type($depth), type($pack_lhs),
      type($pack_rhs), type($fills), type($copies))
  }];
}

def Chameleon_LowerPadOp : Chameleon_TransformOp<"lower_pad",
    [DeclareOpInterfaceMethods<MemoryEffectsOpInterface>, DeclareOpInterfaceMethods<TransformOpInterface>]> {
  let summary = "Turns padding into fills of the border and a copy of the interior";
  let description = [{
    Upstream's `transform.structured.rewrite_in_destination_passing_style` fills the whole result and then overwrites most of it.
    Here each element is written once: a `linalg.fill` for each side of each padded dimension, and one `linalg.copy`. They can be tiled and vectorized.

    ```mlir
    %fills, %copies = transform.chameleon.lower_pad %pads : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
    ```

    #### Return modes

    Consumes the handle. A `tensor.pad` of dynamic size, or whose value is not the same everywhere, and an operation of another kind are silenceable failures.
  }];
  let arguments = (ins TransformHandleTypeInterface:$target);
  let results = (outs TransformHandleTypeInterface:$fills, TransformHandleTypeInterface:$copies);
  let assemblyFormat = [{
    $target attr-dict custom<Signature>("\"h>hh\"", type($target), type($fills), type($copies))
  }];
}

def Chameleon_LowerToGPUContractionOp : Chameleon_TransformOp<"lower_to_gpu_contraction",
    [DeclareOpInterfaceMethods<MemoryEffectsOpInterface>, DeclareOpInterfaceMethods<TransformOpInterface>]> {
  let summary = "Lowers a contraction or convolution, with all that belongs to it, to a GPU kernel";
  let description = [{
    The target adds the product of two tensors to a third, whose indices are linear in the loops: matrix products in any layout,
    batched or not, and convolutions of any layout, stride, dilation and grouping. Its constant fill, constant padding of its
    inputs and the elementwise operations that alone use its result become part of the kernel. Rows and columns (the contiguous
    side of the result) are linear indices over all loops that move only one of the inputs; so is the reduction.

    - Sums have the type of the result; those of 16-bit floats are f32, those of small integers i32, which are rounded or cut off
      when they are stored. Operands of another type, extended in the body or not, are brought to it on their way to shared memory,
      through registers; so are operands whose padding is another number than zero.
    - A block computes `tile` rows x columns in steps of the third parameter. Both operands come to shared memory by
      asynchronous copies, as wide as alignment allows, `stages - 1` steps ahead of their use, a quarter of them at a time among
      the products of a step. What lies beyond an end is zero.
    - A thread computes `interleave` rows x columns parts of `thread` rows x columns each, in registers. Parts are a fraction
      of the tile apart, so that neighbouring threads read neighbouring addresses. The threads of a warp are a line, or a block
      of 2 x 16 to 16 x 2 if that takes fewer accesses of shared memory.
    - `pad` elements after each row of an operand whose reduction is contiguous keep rows out of each other's banks.
    - With `turn` 1, such an operand is turned on its way to shared memory, by copies of single elements. What a thread needs of
      each step then lies together and takes few registers, so that the next step's is read while this one's is used. With
      `turn` 0, copies are wide, and what is read serves four steps.
    - An operand of 65536 elements or more whose rows are not aligned to 16 bytes, and which four tiles or more read, is copied to
      rows that are, by a kernel before: with zeros up to the end of the last tile where a loop is alone in its dimension, so that
      copies of tiles need no conditions. Four times as many single copies would cost more.
    - With `splits` above 1, so many blocks share the reduction of a tile. `cluster` of them at a time form a cluster, which adds its
      sums up in shared memory: each block reads its part of the tile from all of them, and ends it. If there is more than one
      cluster to a tile (`cluster` 1: each block is one), a second kernel adds up what they leave in global memory.

    ```mlir
    %launches = transform.chameleon.lower_to_gpu_contraction %matmul tile %bm, %bn, %bk interleave %sm, %sn thread %tm, %tn
        stages %stages pad %pad turn %turn splits %splits cluster %cluster
        : (!transform.any_op, !transform.param<i64>, ...) -> !transform.any_op
    ```

    #### Return modes

    Consumes the target. Parameters that are not one integer each, positive but for `pad` and `turn`, are a definite failure. A target of
    another form, a tile that is not a whole number of threads, more than 1024 threads or 227 KiB of shared memory, and a cluster of
    more than 8 blocks or of a number that does not divide the splits are silenceable ones. Processors before sm_90 have no
    clusters; `--lower-to-nvvm` says so.
  }];
  let arguments = (ins TransformHandleTypeInterface:$target, TransformParamTypeInterface:$tile_rows,
    TransformParamTypeInterface:$tile_columns, TransformParamTypeInterface:$tile_depth,
    TransformParamTypeInterface:$interleave_rows, TransformParamTypeInterface:$interleave_columns,
    TransformParamTypeInterface:$thread_rows, TransformParamTypeInterface:$thread_columns,
    TransformParamTypeInterface:$stages, TransformParamTypeInterface:$pad, TransformParamTypeInterface:$turn,
    TransformParamTypeInterface:$splits, TransformParamTypeInterface:$cluster);
  let results = (outs TransformHandleTypeInterface:$launches);
  let assemblyFormat = [{
    $target `tile` $tile_rows `,` $tile_columns `,` $tile_depth `interleave` $interleave_rows `,` $interleave_columns
    `thread` $thread_rows `,` $thread_columns `stages` $stages `pad` $pad `turn` $turn `splits` $splits
    `cluster` $cluster attr-dict
    custom<Signature>("\"hpppppppppppp>h\"", type($target), type($tile_rows), type($tile_columns), type($tile_depth),
      type($interleave_rows), type($interleave_columns), type($thread_rows), type($thread_columns), type($stages),
      type($pad), type($turn), type($splits), type($cluster), type($launches))
  }];
}

def Chameleon_LowerToGPULoopsOp : Chameleon_TransformOp<"lower_to_gpu_loops",
    [DeclareOpInterfaceMethods<MemoryEffectsOpInterface>, DeclareOpInterfaceMethods<TransformOpInterface>]> {
  let summary = "Lowers an elementwise operation, a reduction or a pool, with all that belongs to it, to a GPU kernel";
  let description = [{
    The target is a structured operation whose indices are linear in its loops and whose body is elementwise. Its constant fill,
    constant padding of its inputs and the elementwise operations that alone use its result become part of the kernel.

    A thread computes `lanes` neighbouring results, fewer where the result has no such vectors. With `sharing` above 1, so many
    of the `threads` of a block share the reduction of each vector: neighbours, combined by shuffles, where the reduction is
    contiguous in an input, else threads that are a row of results apart, combined in shared memory.

    Where the target is a reduction of rows (its innermost loops) in a chain of reductions and elementwise operations over the same
    rows, as softmax and normalisation are, and nothing but the last one's result is used elsewhere, all of the chain becomes one
    kernel. `sharing` neighbouring threads then compute a row from beginning to end and take vectors of `lanes` elements in turns;
    what they have read stays in registers if it is at most 64 elements for each, else it is read again for each reduction.

    ```mlir
    %launch = transform.chameleon.lower_to_gpu_loops %softmax threads %threads lanes %lanes sharing %sharing
        : (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) -> !transform.any_op
    ```

    #### Return modes

    Consumes the target. Parameters that are not one positive integer each are a definite failure. A target of another form, more
    than 1024 threads, threads that are not whole warps and a sharing that is no power of two or does not divide them are
    silenceable ones. Of a reduction that is no repeated use of one operation with a neutral element each thread computes all.
  }];
  let arguments = (ins TransformHandleTypeInterface:$target, TransformParamTypeInterface:$threads,
    TransformParamTypeInterface:$lanes, TransformParamTypeInterface:$sharing);
  let results = (outs TransformHandleTypeInterface:$launches);
  let assemblyFormat = [{
    $target `threads` $threads `lanes` $lanes `sharing` $sharing attr-dict
    custom<Signature>("\"hppp>h\"", type($target), type($threads), type($lanes), type($sharing), type($launches))
  }];
}

def Chameleon_LowerToVectorsOp : Chameleon_TransformOp<"lower_to_vectors",
    [DeclareOpInterfaceMethods<MemoryEffectsOpInterface>, DeclareOpInterfaceMethods<TransformOpInterface>]> {
  let summary = "Lowers elementwise operations and reductions of any rank to loops over vectors";
  let description = [{
    The targets are linalg operations on tensors whose operands are at linear indices, whose results are written along loops
    (after loops of one iteration are dropped) and whose bodies are elementwise. One without loops is left to become plain code. Each becomes loops around steps of `vectors` vectors of `lanes` elements along
    the contiguous dimension; the last vectors of a row may be partial.

    - Results with a contiguous dimension of their own, elementwise or reduced over other dimensions, stay in registers over the
      reduction loops.
    - A reduction along the contiguous dimension accumulates `vectors` partial results, which are combined at the end of the
      row: sums are reassociated. There must be one result and one combining operation.
    - An elementwise operation that reads an operand along another dimension transposes squares of `lanes` × `lanes` in
      registers if both extents are multiples of `lanes`, else it reads that operand by elements, as it does any that is not
      contiguous.
    - What fills up a partial vector divides nothing.

    ```mlir
    transform.chameleon.lower_to_vectors %operations lanes %lanes vectors %vectors
      : !transform.any_op, !transform.param<i64>, !transform.param<i64>
    ```

    #### Return modes

    Consumes the handle. Parameters that are not one positive integer each are a definite failure; an operation of another form
    (memory, `linalg.index`, remainders in indices, …) is a silenceable one.
  }];
  let arguments = (ins TransformHandleTypeInterface:$target, TransformParamTypeInterface:$lanes,
    TransformParamTypeInterface:$vectors);
  let assemblyFormat = [{
    $target `lanes` $lanes `vectors` $vectors attr-dict
    custom<Signature>("\"hpp\"", type($target), type($lanes), type($vectors))
  }];
}

def Chameleon_LowerWinogradOp : Chameleon_TransformOp<"lower_winograd",
    [DeclareOpInterfaceMethods<MemoryEffectsOpInterface>, DeclareOpInterfaceMethods<TransformOpInterface>]> {
  let summary = "Lowers a convolution with a window of 3x3 by Winograd's minimal filtering";
  let description = [{
    The target is a convolution with blocked channels, usually a part of one,

        out(n, ko, oh, ow, ki) += image(n, co, oh + r, ow + s, ci) * weights(ko, co, r, s, ci, ki)

    of static shape in f32 or f64, with a batch of 1, whose result starts from a fill with zero. It is computed in squares of
    `outputs` x `outputs` pixels (2 or 4), with `(outputs + 2)^2` instead of `9 outputs^2` products for each pair of channels:
    2.25 or 4 times less (Winograd 1980; Lavin and Gray, Fast Algorithms for Convolutional Neural Networks, 2015, with their
    interpolation points 0, 1, -1 and 2, -2). Of ResNet-18's layers the error with 2 is a third of the direct sum's, with 4 five times
    it. An infinity or NaN of the image makes NaNs of all pixels of a square that depends on it.

    - The weights are transformed as a whole, ahead of all loops: constants at load.
    - The image is transformed into `(outputs + 2)^2` matrices of squares x channels, which are multiplied with those of the
      weights in register tiles of `blocks` blocks of output channels x `tiles` squares, and the products are transformed back.
      Where `blocks` or `tiles` do not divide, a last, smaller tile computes the rest. All three steps work on vectors of a
      block of channels, and their buffers are proportional to the part of the image: choose it so that they stay in a cache.
    - Squares that reach over the last row or column repeat that of the image; only what lies within is copied to the result, by
      `copies`, left for the schedule to tile and vectorise.

    ```mlir
    %copies = transform.chameleon.lower_winograd %part outputs %m blocks %kob tiles %tiles
      : (!transform.any_op, !transform.param<i64>, !transform.param<i64>, !transform.param<i64>) -> !transform.any_op
    ```

    #### Return modes

    Consumes the target. Parameters that are not one positive integer each are a definite failure; another number of outputs than 2 or 4 and a target of
    another form are silenceable ones.
  }];
  let arguments = (ins TransformHandleTypeInterface:$target, TransformParamTypeInterface:$outputs,
    TransformParamTypeInterface:$blocks, TransformParamTypeInterface:$tiles);
  let results = (outs TransformHandleTypeInterface:$copies);
  let assemblyFormat = [{
    $target `outputs` $outputs `blocks` $blocks `tiles` $tiles attr-dict
    custom<Signature>("\"hppp>h\"", type($target), type($outputs), type($blocks), type($tiles), type($copies))
  }];
}

def Chameleon_PeelLoopOp : Chameleon_TransformOp<"peel_loop",
    [DeclareOpInterfaceMethods<MemoryEffectsOpInterface>, DeclareOpInterfaceMethods<TransformOpInterface>]> {
  let summary = "Gives the last, partial iteration of each loop a place of its own, if there is one";
  let description = [{
    Like `transform.loop.peel`, which fails where the step divides the range. A schedule for all shapes does not know whether it does.
    Sizes that differ between the last iteration and the others become static.

    ```mlir
    transform.chameleon.peel_loop %loops : !transform.any_op
    ```

    #### Return modes

    Modifies the payload; the handle then stands for the main loops. An operation that is not an `scf.for` is a silenceable
    failure.
  }];
  let arguments = (ins TransformHandleTypeInterface:$target);
  let assemblyFormat = [{ $target attr-dict custom<Signature>("\"h\"", type($target)) }];
}

def Chameleon_ScalarizeBroadcastReadsOp : Chameleon_TransformOp<"scalarize_broadcast_reads",
    [DeclareOpInterfaceMethods<MemoryEffectsOpInterface>, DeclareOpInterfaceMethods<TransformOpInterface>]> {
  let summary = "Reads each element that is spread over a vector once";
  let description = [{
    A `vector.transfer_read` whose innermost dimensions are broadcast becomes a `tensor.extract` for each element and a
    `vector.broadcast`. Instruction sets have that as an operand of a multiply-add; upstream's conversion to loops loads the
    element once for each lane.

    ```mlir
    transform.chameleon.scalarize_broadcast_reads %function : !transform.any_op
    // vector.transfer_read %image[%i, %j] {permutation_map = (d0, d1) -> (d1, 0)} : tensor<8x8xf32>, vector<2x16xf32>
    // vector.from_elements of %image[%i, %j] and %image[%i, %j + 1] : vector<2x1xf32>, vector.broadcast to vector<2x16xf32>
    ```

    Reads that are masked or not known to be in bounds, and reads of a memref, stay as they are.

    #### Return modes

    Modifies what is nested in the targets; always succeeds.
  }];
  let arguments = (ins TransformHandleTypeInterface:$target);
  let assemblyFormat = [{ $target attr-dict custom<Signature>("\"h\"", type($target)) }];
}

def Chameleon_SimplifyOp : Chameleon_TransformOp<"simplify",
    [DeclareOpInterfaceMethods<MemoryEffectsOpInterface>, TransformOpInterface, TransformEachOpTrait,
     ReportTrackingListenerFailuresOpTrait]> {
  let summary = "Canonicalizes what schedules make; the same patterns each time";
  let description = [{
    Applies to the body of the target the canonicalization patterns of the dialects that a schedule's payload is in (affine, arith,
    bufferization, linalg, math, memref, scf, tensor, vector) and those of tiled linalg operations, until nothing changes. So does
    `transform.apply_patterns` with `canonicalization`; but that collects the patterns of all dialects that are loaded, every
    time (a quarter of what applying a convolution's schedule took), and simplifies control flow that schedules do not make.
    Here the patterns are collected once for each context.

    - `fold_empty_tensors`: slices and reshapes of `tensor.empty` are empty tensors, too
    - `fold_transfers`: vectors are read from and written to the tensor itself instead of a slice of it, in whatever order of
      dimensions; a loop that carries a slice, writes vectors to it, and whose result is put back carries the tensor itself

    ```mlir
    transform.chameleon.simplify %function {fold_transfers} : !transform.any_op
    ```

    #### Return modes

    Modifies the payload in place. A silenceable failure if it does not converge, or if a handle's operation is replaced by one of
    another kind.
  }];
  let arguments = (ins TransformHandleTypeInterface:$target, UnitAttr:$fold_empty_tensors, UnitAttr:$fold_transfers);
  let assemblyFormat = [{ $target attr-dict custom<Signature>("\"h\"", type($target)) }];
  let extraClassDeclaration = [{
    ::mlir::DiagnosedSilenceableFailure applyToOne(
        ::mlir::transform::TransformRewriter &rewriter, ::mlir::Operation *target,
        ::mlir::transform::ApplyToEachResultList &results, ::mlir::transform::TransformState &state);
  }];
}

def Chameleon_SumBitsOp : Chameleon_TransformOp<"sum_bits",
    [DeclareOpInterfaceMethods<MemoryEffectsOpInterface>, DeclareOpInterfaceMethods<TransformOpInterface>,
     MatchOpInterface]> {
  let summary = "Width of what a contraction is computed in on a GPU";
  let description = [{
    The bits of a sum of the target, which are those of an operand in shared memory, too, as
    `transform.chameleon.lower_to_gpu_contraction` chooses them: 32 for half precision and small integers, else the
    result's own. A fact for constraints.

    ```mlir
    %bits = transform.chameleon.sum_bits %anchor
    ```

    #### Return modes

    Only reads the target. A target without a result that there are sums of, and more than one target are silenceable failures.
  }];
  let arguments = (ins Transform_AnyOpType:$target);
  let results = (outs Chameleon_I64Param:$bits);
  let assemblyFormat = "$target attr-dict";
}

def Chameleon_TileReductionsOp : Chameleon_TransformOp<"tile_reductions",
    [DeclareOpInterfaceMethods<MemoryEffectsOpInterface>, DeclareOpInterfaceMethods<TransformOpInterface>]> {
  let summary = "Tiles every reduction loop by one, however many there are";
  let description = [{
    What remains is elementwise, and vectorizes to plain multiply-adds. `parallel_order` permutes the parallel loops inside, that is,
    the dimensions of the vectors; they must come before the reduction loops then.

    ```mlir
    %step, %loops = transform.chameleon.tile_reductions %convolution parallel_order = [0, 2, 3, 1, 4]
        : (!transform.any_op) -> (!transform.any_op, !transform.any_op)
    ```

    The second result has the loops of all targets, outermost first.

    #### Return modes

    Consumes the handle. An operation that is not structured, and an order that is no permutation of the parallel
    loops, are silenceable failures.
  }];
  let arguments = (ins TransformHandleTypeInterface:$target, DefaultValuedOptionalAttr<DenseI64ArrayAttr, "{}">:$parallel_order);
  let results = (outs TransformHandleTypeInterface:$tiled, TransformHandleTypeInterface:$loops);
  let assemblyFormat = [{
    $target (`parallel_order` `=` $parallel_order^)? attr-dict
    custom<Signature>("\"h>hh\"", type($target), type($tiled), type($loops))
  }];
}

def Chameleon_UnrollLoopOp : Chameleon_TransformOp<"unroll_loop",
    [DeclareOpInterfaceMethods<MemoryEffectsOpInterface>, DeclareOpInterfaceMethods<TransformOpInterface>]> {
  let summary = "Unrolls each loop by a factor that is a parameter";
  let description = [{
    Like `transform.loop.unroll`, whose factor is an attribute and therefore out of a knob's reach. A factor of 1 leaves the
    loop as it is; a factor of at least the trip count unrolls it completely.

    ```mlir
    transform.chameleon.unroll_loop %loop by %factor : !transform.any_op, !transform.param<i64>
    ```

    #### Return modes

    Consumes the handle, since a loop may disappear. A factor that is not one positive integer is a definite failure; an
    operation that is not an `scf.for`, or that cannot be unrolled, a silenceable one.
  }];
  let arguments = (ins TransformHandleTypeInterface:$target, TransformParamTypeInterface:$factor);
  let assemblyFormat = [{
    $target `by` $factor attr-dict custom<Signature>("\"hp\"", type($target), type($factor))
  }];
}

def Chameleon_WinogradAppliesOp : Chameleon_TransformOp<"winograd_applies",
    [DeclareOpInterfaceMethods<MemoryEffectsOpInterface>, DeclareOpInterfaceMethods<TransformOpInterface>,
     MatchOpInterface]> {
  let summary = "Whether `lower_winograd` takes an operation";
  let description = [{
    1 if the target, or a part of it with one image of the batch, is what `transform.chameleon.lower_winograd` lowers; else 0,
    and where the target's facts have `strict` (`precision=strict`). A fact for constraints.

    ```mlir
    %applies = transform.chameleon.winograd_applies %anchor : (!transform.any_op) -> !transform.param<i64>
    ```

    #### Return modes

    Only reads the target. More than one target is a silenceable failure, as is none.
  }];
  let arguments = (ins TransformHandleTypeInterface:$target);
  let results = (outs TransformParamTypeInterface:$applies);
  let assemblyFormat = [{ $target attr-dict custom<Signature>("\"h>p\"", type($target), type($applies)) }];
}

#endif // CHAMELEON_TRANSFORMOPS_TD
