// What is wrong with a constraint is said where it is wrong.
// RUN: chameleon-opt %s --split-input-file --verify-diagnostics

!param = !transform.param<i64>
module attributes {transform.with_named_sequence} {
  transform.named_sequence @unknown(%a: !param {transform.readonly}) {
    transform.chameleon.constrain {
      // expected-error @below {{'lanes' is not defined; a parameter of the schedule is written '%lanes'}}
      assert lanes > 0
    }
    transform.yield
  }
}

// -----

!param = !transform.param<i64>
module attributes {transform.with_named_sequence} {
  transform.named_sequence @redefined(%a: !param {transform.readonly}) {
    transform.chameleon.constrain {
      // expected-error @below {{'x' is defined already}}
      let x = 1 let x = 2
    }
    transform.yield
  }
}

// -----

!param = !transform.param<i64>
module attributes {transform.with_named_sequence} {
  transform.named_sequence @reserved(%a: !param {transform.readonly}) {
    transform.chameleon.constrain {
      // expected-error @below {{'mod' is a word of the language}}
      let mod = 1
    }
    transform.yield
  }
}

// -----

!param = !transform.param<i64>
module attributes {transform.with_named_sequence} {
  transform.named_sequence @statement(%a: !param {transform.readonly}) {
    transform.chameleon.constrain {
      // expected-error @below {{expected 'let', 'assert', 'yield' or '}' in a constraint}}
      check %a > 0
    }
    transform.yield
  }
}

// -----

!param = !transform.param<i64>
module attributes {transform.with_named_sequence} {
  transform.named_sequence @integer_asserted(%a: !param {transform.readonly}) {
    transform.chameleon.constrain {
      // expected-error @below {{expected a condition for 'assert', found an integer}}
      assert %a + 1
    }
    transform.yield
  }
}

// -----

!param = !transform.param<i64>
module attributes {transform.with_named_sequence} {
  transform.named_sequence @condition_added(%a: !param {transform.readonly}) {
    transform.chameleon.constrain {
      // expected-error @below {{expected an integer for '+', found a condition}}
      assert (%a > 1) + 2 > 0
    }
    transform.yield
  }
}

// -----

!param = !transform.param<i64>
module attributes {transform.with_named_sequence} {
  transform.named_sequence @condition_yielded(%a: !param {transform.readonly}) {
    transform.chameleon.constrain {
      // expected-error @below {{expected an integer for 'yield', found a condition}}
      yield %a > 1
    }
    transform.yield
  }
}

// -----

!param = !transform.param<i64>
module attributes {transform.with_named_sequence} {
  transform.named_sequence @integer_joined(%a: !param {transform.readonly}) {
    transform.chameleon.constrain {
      // expected-error @below {{expected a condition for 'and', found an integer}}
      assert %a and %a > 0
    }
    transform.yield
  }
}

// -----

!param = !transform.param<i64>
module attributes {transform.with_named_sequence} {
  transform.named_sequence @kinds_compared(%a: !param {transform.readonly}) {
    transform.chameleon.constrain {
      // expected-error @below {{expected a condition for '==', found an integer}}
      assert (%a > 1) == 2
    }
    transform.yield
  }
}

// -----

!param = !transform.param<i64>
module attributes {transform.with_named_sequence} {
  transform.named_sequence @branches(%a: !param {transform.readonly}) {
    transform.chameleon.constrain {
      // expected-error @below {{expected an integer for 'else', found a condition}}
      assert (if %a > 1 then 2 else true) > 0
    }
    transform.yield
  }
}

// -----

!param = !transform.param<i64>
module attributes {transform.with_named_sequence} {
  transform.named_sequence @chain(%a: !param {transform.readonly}) {
    transform.chameleon.constrain {
      // expected-error @below {{expected 'let', 'assert', 'yield' or '}' in a constraint}}
      assert 1 < %a < 4
    }
    transform.yield
  }
}

// -----

!param = !transform.param<i64>
module attributes {transform.with_named_sequence} {
  transform.named_sequence @no_value(%a: !param {transform.readonly}) {
    transform.chameleon.constrain {
      // expected-error @below {{expected a value in a constraint}}
      assert %a > )
    }
    transform.yield
  }
}

// -----

!param = !transform.param<i64>
module attributes {transform.with_named_sequence} {
  transform.named_sequence @word_as_value(%a: !param {transform.readonly}) {
    transform.chameleon.constrain {
      // expected-error @below {{expected a value in a constraint, found 'then'}}
      assert %a > then
    }
    transform.yield
  }
}

// -----

!param = !transform.param<i64>
module attributes {transform.with_named_sequence} {
  transform.named_sequence @arguments(%a: !param {transform.readonly}) {
    transform.chameleon.constrain {
      // expected-error @below {{expected two arguments or more for 'min', found 1}}
      assert min(%a) > 0
    }
    transform.yield
  }
}

// -----

!param = !transform.param<i64>
module attributes {transform.with_named_sequence} {
  transform.named_sequence @arguments_of_abs(%a: !param {transform.readonly}) {
    transform.chameleon.constrain {
      // expected-error @below {{expected one argument for 'abs', found 2}}
      assert abs(%a, 1) > 0
    }
    transform.yield
  }
}

// -----

!param = !transform.param<i64>
module attributes {transform.with_named_sequence} {
  transform.named_sequence @large(%a: !param {transform.readonly}) {
    transform.chameleon.constrain {
      // expected-error @below {{expected an integer of 64 bits}}
      assert %a < 99999999999999999999
    }
    transform.yield
  }
}

// -----

!param = !transform.param<i64>
module attributes {transform.with_named_sequence} {
  transform.named_sequence @after_yield(%a: !param {transform.readonly}) {
    transform.chameleon.constrain {
      // expected-error @below {{expected '}'}}
      yield %a assert %a > 0
    }
    transform.yield
  }
}

// -----

!param = !transform.param<i64>
module attributes {transform.with_named_sequence} {
  transform.named_sequence @no_parameter(%a: !param {transform.readonly}) {
    transform.chameleon.constrain {
      // expected-error @below {{use of undeclared SSA value name}}
      assert %b > 0
    }
    transform.yield
  }
}

// -----

!param = !transform.param<i64>
module attributes {transform.with_named_sequence} {
  transform.named_sequence @results(%a: !param {transform.readonly}) {
    // expected-error @below {{operation defines 1 results but was provided 2 to bind}}
    %0, %1 = transform.chameleon.constrain { yield %a }
    transform.yield
  }
}

// -----

module attributes {transform.with_named_sequence} {
  transform.named_sequence @any_param(%a: !transform.any_param {transform.readonly}) { // expected-note {{prior use here}}
    // expected-error @below {{use of value '%a' expects different type than prior uses: '!transform.param<i64>' vs '!transform.any_param'}}
    transform.chameleon.constrain { assert %a > 1 }
    transform.yield
  }
}

// -----

module attributes {transform.with_named_sequence} {
  transform.named_sequence @generic_form() {
    // expected-error @below {{is a way to write 'transform.smt.constrain_params'; there is none in memory}}
    "transform.chameleon.constrain"() : () -> ()
    transform.yield
  }
}
