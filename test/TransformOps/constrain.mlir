// The language of constraints, operation by operation: what is printed is what upstream knows.
// RUN: chameleon-opt %s | FileCheck %s
// RUN: chameleon-opt %s | chameleon-opt | FileCheck %s
// RUN: chameleon-opt %s | mlir-opt | FileCheck %s
// The names that values have in the text are kept as their locations.
// RUN: chameleon-opt %s --mlir-use-nameloc-as-prefix | FileCheck %s --check-prefix=NAMES

!param = !transform.param<i64>
module attributes {transform.with_named_sequence} {
  // Parameters become arguments in the order in which they are named, each once.
  // CHECK-LABEL: @parameters
  // CHECK: %[[R:.*]]:2 = transform.smt.constrain_params(%arg1, %arg0) : (!transform.param<i64>, !transform.param<i64>) -> (!transform.param<i64>, !transform.param<i64>) {
  // CHECK-NEXT: ^bb0(%[[B:.*]]: !smt.int, %[[A:.*]]: !smt.int):
  // CHECK-NEXT: %[[C512:.*]] = smt.int.constant 512
  // CHECK-NEXT: %[[LANES:.*]] = smt.int.div %[[C512]], %[[B]]
  // CHECK-NEXT: %[[REST:.*]] = smt.int.mod %[[A]], %[[LANES]]
  // CHECK-NEXT: %[[C0:.*]] = smt.int.constant 0
  // CHECK-NEXT: %[[WHOLE:.*]] = smt.eq %[[REST]], %[[C0]] : !smt.int
  // CHECK-NEXT: smt.assert %[[WHOLE]]
  // CHECK-NEXT: %[[SUM:.*]] = smt.int.add %[[LANES]], %[[B]]
  // CHECK-NEXT: smt.yield %[[LANES]], %[[SUM]] : !smt.int, !smt.int
  // CHECK: transform.yield %[[R]]#0, %[[R]]#1
  // NAMES-LABEL: @parameters
  // NAMES: ^bb0(%width{{.*}}: !smt.int, %nr{{.*}}: !smt.int):
  // NAMES: %lanes{{.*}} = smt.int.div
  transform.named_sequence @parameters(%nr: !param {transform.readonly}, %width: !param {transform.readonly}) -> (!param, !param) {
    %lanes, %more = transform.chameleon.constrain {
      // Whole registers.
      let lanes = 512 div %width
      assert %nr mod lanes == 0   // of so many lanes
      yield lanes, lanes + %width
    }
    transform.yield %lanes, %more : !param, !param
  }

  // One of several results.
  // CHECK-LABEL: @result_of_several
  // CHECK: transform.smt.constrain_params(%{{.*}}#1) : (!transform.param<i64>) -> () {
  transform.named_sequence @result_of_several(%a: !param {transform.readonly}) {
    %both:2 = transform.chameleon.constrain { yield %a, 2 * %a }
    transform.chameleon.constrain { assert %both#1 > 0 }
    transform.yield
  }

  // CHECK-LABEL: @nothing
  // CHECK: transform.smt.constrain_params() : () -> () {
  // CHECK-NEXT: }
  transform.named_sequence @nothing() {
    transform.chameleon.constrain {}
    transform.yield
  }

  // Products before sums, from the left; a sign before both.
  // CHECK-LABEL: @arithmetic
  // CHECK: ^bb0(%[[A:.*]]: !smt.int, %[[B:.*]]: !smt.int):
  // CHECK-NEXT: %[[C2:.*]] = smt.int.constant 2
  // CHECK-NEXT: %[[P:.*]] = smt.int.mul %[[B]], %[[C2]]
  // CHECK-NEXT: %[[S:.*]] = smt.int.add %[[A]], %[[P]]
  // CHECK-NEXT: %[[C3:.*]] = smt.int.constant 3
  // CHECK-NEXT: %[[D:.*]] = smt.int.sub %[[S]], %[[C3]]
  // CHECK: %[[Q:.*]] = smt.int.div %[[A]], %[[B]]
  // CHECK-NEXT: %[[C4:.*]] = smt.int.constant 4
  // CHECK-NEXT: %[[M:.*]] = smt.int.mod %[[Q]], %[[C4]]
  // CHECK-NEXT: %[[C5:.*]] = smt.int.constant 5
  // CHECK-NEXT: smt.int.mul %[[M]], %[[C5]]
  // CHECK: %[[C0:.*]] = smt.int.constant 0
  // CHECK-NEXT: %[[N:.*]] = smt.int.sub %[[C0]], %[[A]]
  // CHECK-NEXT: smt.int.mul %[[N]], %[[B]]
  // CHECK: %[[G:.*]] = smt.int.sub %[[A]], %[[B]]
  // CHECK: smt.int.mul %{{.*}}, %[[G]]
  // CHECK: %[[ABOVE:.*]] = smt.int.add %[[A]], %[[B]]
  // CHECK-NEXT: %[[C1:.*]] = smt.int.constant 1
  // CHECK-NEXT: %[[LAST:.*]] = smt.int.sub %[[ABOVE]], %[[C1]]
  // CHECK-NEXT: smt.int.div %[[LAST]], %[[B]]
  transform.named_sequence @arithmetic(%a: !param {transform.readonly}, %b: !param {transform.readonly}) {
    %0, %1, %2, %3, %4 = transform.chameleon.constrain {
      yield %a + %b * 2 - 3, %a div %b mod 4 * 5, -%a * %b, 2 * (%a - %b), %a ceildiv %b
    }
    transform.yield
  }

  // CHECK-LABEL: @functions
  // CHECK: ^bb0(%[[A:.*]]: !smt.int, %[[B:.*]]: !smt.int):
  // CHECK-NEXT: smt.int.abs %[[A]]
  // CHECK: %[[LE:.*]] = smt.int.cmp le %[[A]], %[[B]]
  // CHECK-NEXT: %[[MIN:.*]] = smt.ite %[[LE]], %[[A]], %[[B]] : !smt.int
  // CHECK-NEXT: %[[LE8:.*]] = smt.int.cmp le %[[MIN]], %{{.*}}
  // CHECK-NEXT: smt.ite %[[LE8]], %[[MIN]], %{{.*}} : !smt.int
  // CHECK: %[[GE:.*]] = smt.int.cmp ge %[[A]], %[[B]]
  // CHECK-NEXT: smt.ite %[[GE]], %[[A]], %[[B]] : !smt.int
  // CHECK: smt.distinct %[[A]], %[[B]], %{{.*}} : !smt.int
  // CHECK: %[[IF:.*]] = smt.int.cmp gt %[[A]], %[[B]]
  // CHECK: smt.ite %[[IF]], %{{.*}}, %{{.*}} : !smt.int
  transform.named_sequence @functions(%a: !param {transform.readonly}, %b: !param {transform.readonly}) {
    %0, %1, %2, %3 = transform.chameleon.constrain {
      let size = abs(%a)
      let least = min(%a, %b, 8)
      let most = max(%a, %b)
      assert distinct(%a, %b, 0)
      yield size, least, most, if %a > %b then %a - %b else %b - %a
    }
    transform.yield
  }

  // "not" before "and" before "or" and "xor" before "implies", which goes to the right.
  // CHECK-LABEL: @connectives
  // CHECK: %[[LT:.*]] = smt.int.cmp lt
  // CHECK: %[[LE:.*]] = smt.int.cmp le
  // CHECK: %[[NOT:.*]] = smt.not %[[LE]]
  // CHECK: %[[GT:.*]] = smt.int.cmp gt
  // CHECK: %[[AND:.*]] = smt.and %[[NOT]], %[[GT]]
  // CHECK: %[[OR:.*]] = smt.or %[[LT]], %[[AND]]
  // CHECK: smt.assert %[[OR]]
  // CHECK: %[[GE:.*]] = smt.int.cmp ge
  // CHECK: %[[TRUE:.*]] = smt.constant true
  // CHECK: %[[XOR:.*]] = smt.xor %[[GE]], %[[TRUE]]
  // CHECK: %[[FALSE:.*]] = smt.constant false
  // CHECK: %[[EQ:.*]] = smt.eq %{{.*}}, %{{.*}} : !smt.int
  // CHECK: %[[SAME:.*]] = smt.eq %[[EQ]], %{{.*}} : !smt.bool
  // CHECK: %[[INNER:.*]] = smt.implies %[[FALSE]], %[[SAME]]
  // CHECK: %[[OUTER:.*]] = smt.implies %[[XOR]], %[[INNER]]
  // CHECK: smt.assert %[[OUTER]]
  transform.named_sequence @connectives(%a: !param {transform.readonly}, %b: !param {transform.readonly}) {
    transform.chameleon.constrain {
      assert %a < %b or not %a <= %b and %a > %b
      let same = %a == %b
      assert %a >= %b xor true implies false implies (%a == 1) == same
    }
    transform.yield
  }
}
