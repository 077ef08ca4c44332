// RUN: chameleon-opt %s -split-input-file -verify-diagnostics

// What each attribute stands on, all at once.
module {
  func.func @main(%x: tensor<4xf32>, %c: tensor<8xf32> {chameleon.constant = 0 : i64}) -> tensor<4xf32>
      attributes {chameleon.init = @main_init} {
    %r = call @task(%x, %c, %x) : (tensor<4xf32>, tensor<8xf32>, tensor<4xf32>) -> tensor<4xf32>
    return %r : tensor<4xf32>
  }
  func.func @main_init() -> tensor<8xf32> {
    %c = arith.constant dense<1.0> : tensor<8xf32>
    return %c : tensor<8xf32>
  }
  func.func private @task(%x: tensor<4xf32>, %w: tensor<8xf32> {chameleon.constant}, %out: tensor<4xf32>) -> tensor<4xf32>
      attributes {chameleon.task = "1", chameleon.name = "exp 4", chameleon.flops = 4 : i64, chameleon.fact.0 = 4 : i64} {
    %e = linalg.exp {chameleon.anchor, chameleon.root, chameleon.matches = 1 : i64} ins(%x : tensor<4xf32>) outs(%out : tensor<4xf32>) -> tensor<4xf32>
    %r = linalg.exp {chameleon.epilogue} ins(%e : tensor<4xf32>) outs(%out : tensor<4xf32>) -> tensor<4xf32>
    return %r : tensor<4xf32>
  }
  func.func private @lowered(memref<4xf32>, memref<4xf32>) attributes {chameleon.signature = (tensor<4xf32>) -> tensor<4xf32>}
  llvm.func @kernel(!llvm.ptr) attributes {chameleon.distinct}
  module attributes {transform.with_named_sequence} {
    transform.named_sequence @schedule(%op: !transform.any_op {transform.readonly}) attributes {
        chameleon.seeds = [{rows = 1 : i64}], chameleon.defaults = {rows = 1 : i64}, chameleon.schedule = "library", chameleon.configuration = {rows = 1 : i64}} {
      transform.yield
    }
  }
}

// -----

// A misspelt one is found.
// expected-error @+1 {{'func.func' op has 'chameleon.tsak', which the dialect 'chameleon' does not know}}
func.func private @f() attributes {chameleon.tsak = "1"}

// -----

// expected-error @+1 {{'func.func' op expects 'chameleon.task' to be a string that is not empty, found unit}}
func.func private @f() attributes {chameleon.task}

// -----

// expected-error @+1 {{'func.func' op expects 'chameleon.task' to be a string that is not empty, found ""}}
func.func private @f() attributes {chameleon.task = ""}

// -----

// expected-error @+1 {{'builtin.module' op has 'chameleon.task', expected only on functions}}
module attributes {chameleon.task = "1"} {}

// -----

// expected-error @+1 {{'func.func' op has 'chameleon.flops', expected only on tasks}}
func.func private @f() attributes {chameleon.flops = 4 : i64}

// -----

// expected-error @+1 {{'func.func' op expects 'chameleon.flops' to be an i64 of at least 0, found -1 : i64}}
func.func private @f() attributes {chameleon.task = "1", chameleon.flops = -1 : i64}

// -----

// expected-error @+1 {{'func.func' op expects 'chameleon.flops' to be an i64 of at least 0, found 4 : i32}}
func.func private @f() attributes {chameleon.task = "1", chameleon.flops = 4 : i32}

// -----

// expected-error @+1 {{'func.func' op has 'chameleon.name', expected only on tasks}}
func.func private @f() attributes {chameleon.name = "exp"}

// -----

// expected-error @+1 {{'func.func' op expects 'chameleon.name' to be a string, found 1 : i64}}
func.func private @f() attributes {chameleon.task = "1", chameleon.name = 1}

// -----

// expected-error @+1 {{'func.func' op expects 'chameleon.signature' to be the type of a function of tensors, found "(tensor<4xf32>)"}}
func.func private @f() attributes {chameleon.signature = "(tensor<4xf32>)"}

// -----

// expected-error @+1 {{'func.func' op expects 'chameleon.signature' to be the type of a function of tensors, found (f32) -> ()}}
func.func private @f() attributes {chameleon.signature = (f32) -> ()}

// -----

// expected-error @+1 {{'func.func' op expects 'chameleon.distinct' to be a unit, found true}}
func.func private @f() attributes {chameleon.distinct = true}

// -----

// expected-error @+1 {{'builtin.module' op has 'chameleon.fact.0', expected only on functions}}
module attributes {chameleon.fact.0 = 1 : i64} {}

// -----

// expected-error @+1 {{'func.func' op expects 'chameleon.init' to be the name of a function, found "f_init"}}
func.func private @f() attributes {chameleon.init = "f_init"}

// -----

// expected-error @+1 {{'func.func' op names @elsewhere as its initialiser, expected a function with a body in the same module}}
func.func private @f() attributes {chameleon.init = @elsewhere}

// -----

// expected-error @+1 {{'func.func' op names @f_init as its initialiser, expected a function with a body in the same module}}
func.func private @f() attributes {chameleon.init = @f_init}
func.func private @f_init() -> tensor<4xf32>

// -----

// expected-error @+1 {{'func.func' op has an initialiser with 1 arguments, expected none}}
func.func private @f() attributes {chameleon.init = @f_init}
func.func @f_init(%x: tensor<4xf32>) -> tensor<4xf32> {
  return %x : tensor<4xf32>
}

// -----

// A task's constants are its initialiser's arguments.
func.func private @task(tensor<4xf32> {chameleon.constant}, tensor<4xf32>) -> tensor<4xf32>
    attributes {chameleon.task = "1", chameleon.init = @task_init}
func.func @task_init(%x: tensor<4xf32>) -> tensor<4xf32> {
  return %x : tensor<4xf32>
}

// -----

// expected-error @+1 {{'func.func' op expects 'chameleon.constant' to be a unit or an i64, found "0"}}
func.func private @f(tensor<4xf32> {chameleon.constant = "0"})

// -----

// expected-error @+1 {{'func.func' op takes constant 0 as argument 1, expected an initialiser named by 'chameleon.init'}}
func.func private @f(tensor<4xf32>, tensor<4xf32> {chameleon.constant = 0 : i64})

// -----

// expected-error @+1 {{'func.func' op takes constant 1 as argument 0, expected one of the 1 results of @f_init}}
func.func private @f(tensor<4xf32> {chameleon.constant = 1 : i64}) attributes {chameleon.init = @f_init}
func.func @f_init() -> tensor<4xf32> {
  %c = arith.constant dense<1.0> : tensor<4xf32>
  return %c : tensor<4xf32>
}

// -----

// expected-error @+1 {{'func.func' op takes constant -1 as argument 0, expected one of the 1 results of @f_init}}
func.func private @f(tensor<4xf32> {chameleon.constant = -1 : i64}) attributes {chameleon.init = @f_init}
func.func @f_init() -> tensor<4xf32> {
  %c = arith.constant dense<1.0> : tensor<4xf32>
  return %c : tensor<4xf32>
}

// -----

// expected-error @+1 {{'func.func' op takes constant 0 as argument 0 of type 'tensor<8xf32>', expected 'tensor<4xf32>', the type in @f_init}}
func.func private @f(tensor<8xf32> {chameleon.constant = 0 : i64}) attributes {chameleon.init = @f_init}
func.func @f_init() -> tensor<4xf32> {
  %c = arith.constant dense<1.0> : tensor<4xf32>
  return %c : tensor<4xf32>
}

// -----

// Lowered: types are those of the signatures.
// expected-error @+1 {{'func.func' op takes constant 0 as argument 0 of type 'tensor<8xf32>', expected 'tensor<4xf32>', the type in @f_init}}
func.func private @f(memref<8xf32> {chameleon.constant = 0 : i64})
    attributes {chameleon.init = @f_init, chameleon.signature = (tensor<8xf32>) -> ()}
func.func @f_init(%c: memref<4xf32>) attributes {chameleon.signature = () -> tensor<4xf32>} {
  return
}

// -----

// expected-error @+1 {{'func.func' op has 'chameleon.anchor' on argument 0, expected only 'chameleon.constant'}}
func.func private @f(tensor<4xf32> {chameleon.anchor})

// -----

// expected-error @+1 {{'func.func' op has 'chameleon.constant' on result 0, expected no attribute of the dialect there}}
func.func private @f() -> (tensor<4xf32> {chameleon.constant})

// -----

// expected-error @+1 {{'func.func' op has 'chameleon.constant', expected only on arguments of functions}}
func.func private @f(tensor<4xf32>) attributes {chameleon.constant}

// -----

// expected-error @+1 {{'func.func' op has 'chameleon.anchor', expected only on the operations of a task}}
func.func private @f() attributes {chameleon.anchor}

// -----

func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{'linalg.exp' op expects 'chameleon.epilogue' to be a unit, found true}}
  %e = linalg.exp {chameleon.epilogue = true} ins(%x : tensor<4xf32>) outs(%x : tensor<4xf32>) -> tensor<4xf32>
  return %e : tensor<4xf32>
}

// -----

func.func @f(%x: tensor<4xf32>) -> tensor<4xf32> {
  // expected-error @+1 {{'linalg.exp' op expects 'chameleon.matches' to be an integer, found "1"}}
  %e = linalg.exp {chameleon.matches = "1"} ins(%x : tensor<4xf32>) outs(%x : tensor<4xf32>) -> tensor<4xf32>
  return %e : tensor<4xf32>
}

// -----

// expected-error @+1 {{'func.func' op has 'chameleon.seeds', expected only on transform.named_sequence}}
func.func private @f() attributes {chameleon.seeds = []}

// -----

// expected-error @+1 {{'func.func' op has 'chameleon.fallback', expected only on transform.named_sequence}}
func.func private @f() attributes {chameleon.fallback}

// -----

module attributes {transform.with_named_sequence} {
  // expected-error @+1 {{'transform.named_sequence' op expects 'chameleon.fallback' to be a unit, found 1 : i64}}
  transform.named_sequence @matcher(%op: !transform.any_op {transform.readonly}) attributes {chameleon.fallback = 1} {
    transform.yield
  }
}

// -----

module attributes {transform.with_named_sequence} {
  // expected-error @+1 {{'transform.named_sequence' op expects 'chameleon.seeds' to be an array of dictionaries, found [1]}}
  transform.named_sequence @schedule(%op: !transform.any_op {transform.readonly}) attributes {chameleon.seeds = [1]} {
    transform.yield
  }
}

// -----

module attributes {transform.with_named_sequence} {
  // expected-error @+1 {{'transform.named_sequence' op expects 'chameleon.defaults' to be a dictionary, found [{rows = 1 : i64}]}}
  transform.named_sequence @matcher(%op: !transform.any_op {transform.readonly}) attributes {chameleon.defaults = [{rows = 1 : i64}]} {
    transform.yield
  }
}

// -----

module attributes {transform.with_named_sequence} {
  // expected-error @+1 {{'transform.named_sequence' op expects 'chameleon.schedule' to be a string, found unit}}
  transform.named_sequence @schedule(%op: !transform.any_op {transform.readonly}) attributes {chameleon.schedule} {
    transform.yield
  }
}

// -----

module attributes {transform.with_named_sequence} {
  // expected-error @+1 {{'transform.named_sequence' op expects 'chameleon.configuration' to be a dictionary, found "rows=1"}}
  transform.named_sequence @schedule(%op: !transform.any_op {transform.readonly}) attributes {chameleon.configuration = "rows=1"} {
    transform.yield
  }
}
