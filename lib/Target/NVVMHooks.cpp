//===- NVVMHooks.cpp - what kernels need of an NVIDIA GPU
//
// Part of the Chameleon project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information. SPDX-License-Identifier:
// Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "chameleon/Target/NVVMHooks.h"
#include "chameleon/IR/ChameleonDialect.h"
#include "chameleon/Kernels/GPUHooks.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/GPU/IR/GPUDialect.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/LLVMIR/NVVMDialect.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/NVGPU/IR/NVGPUDialect.h"

using namespace mlir;
using namespace chameleon;

namespace {

class NVVMHooks : public GPUHooks {
public:
  Attribute getSharedSpace(MLIRContext *context) const override {
    return Builder(context).getI64IntegerAttr(
        static_cast<int64_t>(NVVM::NVVMMemorySpace::Shared));
  }

  void startCopy(OpBuilder &b, Location loc, Value shared, Value target,
                 Value line, Value source, int64_t lanes,
                 Value count) const override {
    int64_t bytes =
        lanes * cast<MemRefType>(line.getType()).getElementTypeBitWidth() / 8;
    // Past the first cache, where nobody else would find them, if they may.
    nvgpu::DeviceAsyncCopyOp::create(
        b, loc, nvgpu::DeviceAsyncTokenType::get(b.getContext()), shared,
        target, line, source, b.getIndexAttr(lanes), count,
        bytes == getDefaultLimits().copyBytes ? b.getUnitAttr() : UnitAttr());
  }

  // Not nvgpu's operations for groups: without tokens they print what does not
  // parse.
  void commitCopies(OpBuilder &b, Location loc) const override {
    NVVM::CpAsyncCommitGroupOp::create(b, loc);
  }
  void waitForCopies(OpBuilder &b, Location loc,
                     int64_t younger) const override {
    NVVM::CpAsyncWaitGroupOp::create(b, loc, younger);
  }

  // Assembly that might write memory keeps LLVM from moving reads behind it.
  void holdReads(OpBuilder &b, Location loc) const override {
    LLVM::InlineAsmOp::create(
        b, loc, TypeRange(), ValueRange(), "", "~{memory}",
        /*has_side_effects=*/true, /*is_align_stack=*/false,
        LLVM::TailCallKind::None, LLVM::AsmDialectAttr(), ArrayAttr());
  }

  // Release and acquire are what these do unless told otherwise.
  void arriveInCluster(OpBuilder &b, Location loc) const override {
    NVVM::ClusterArriveOp::create(b, loc, b.getUnitAttr());
  }
  void waitForCluster(OpBuilder &b, Location loc) const override {
    NVVM::ClusterWaitOp::create(b, loc, b.getUnitAttr());
  }

  // There is no memref of another block's memory: from here on it is a pointer.
  Value getSharedOf(OpBuilder &b, Location loc, Value shared,
                    int64_t member) const override {
    Value address = arith::IndexCastOp::create(
        b, loc, b.getI64Type(),
        memref::ExtractAlignedPointerAsIndexOp::create(b, loc, shared));
    auto pointer = [&](NVVM::NVVMMemorySpace space) {
      return LLVM::LLVMPointerType::get(b.getContext(),
                                        static_cast<unsigned>(space));
    };
    Value here = LLVM::IntToPtrOp::create(
        b, loc, pointer(NVVM::NVVMMemorySpace::Shared), address);
    Value number = arith::ConstantOp::create(
        b, loc, b.getI32IntegerAttr(static_cast<int32_t>(member)));
    return NVVM::MapaOp::create(
        b, loc, pointer(NVVM::NVVMMemorySpace::SharedCluster), here, number);
  }
  Value loadSharedOf(OpBuilder &b, Location loc, Value memory, Value offset,
                     Type element, int64_t lanes) const override {
    Value position = arith::IndexCastOp::create(b, loc, b.getI64Type(), offset);
    Value address =
        LLVM::GEPOp::create(b, loc, memory.getType(), element, memory,
                            ArrayRef<LLVM::GEPArg>{LLVM::GEPArg(position)});
    unsigned bytes = element.getIntOrFloatBitWidth() / 8 * lanes;
    return LLVM::LoadOp::create(b, loc, VectorType::get({lanes}, element),
                                address, bytes);
  }

protected:
  GPULimits getDefaultLimits() const override {
    GPULimits limits;
    limits.warpThreads = 32;
    limits.blockThreads = 1024;
    limits.sharedBytes = 227 << 10;
    limits.sharedBanks = 32;
    limits.copyBytes = 16;
    limits.clusterBlocks = 8;
    return limits;
  }
};

} // namespace

void chameleon::registerNVVMHooks(DialectRegistry &registry) {
  registry.insert<ChameleonDialect, LLVM::LLVMDialect, NVVM::NVVMDialect,
                  nvgpu::NVGPUDialect>();
  registry.addExtension(+[](MLIRContext *context, ChameleonDialect *dialect) {
    // Nothing declares what hooks create to the pass that applies them.
    context->loadDialect<LLVM::LLVMDialect, NVVM::NVVMDialect,
                         nvgpu::NVGPUDialect>();
    addGPUHooks(*dialect, "nvvm", std::make_shared<NVVMHooks>());
  });
}
