// The properties that every op has, each checked from OpDef::cases alone. Failures are reported through GoogleTest.
#pragma once

#include "reference/op_cases.h"

namespace paw {

// Of the definition as a whole.
void check_contract(const OpDef& op);
void check_illegal(const OpDef& op);

// Of one case.
void check_infer(const OpDef& op, const OpCase& c);
void check_traits(const OpDef& op, const OpCase& c);
void check_text(const OpDef& op, const OpCase& c);
void check_attributes(const OpDef& op, const OpCase& c);
void check_file(const OpDef& op, const OpCase& c);
void check_gradient(const OpDef& op, const OpCase& c);
void check_int8(const OpDef& op, const OpCase& c);
void check_plan(const OpDef& op, const OpCase& c);
void check_plan_int8(const OpDef& op, const OpCase& c);

// A graph with quantised results in the engine, with both roundings: within one step of the interpreter's.
void expect_plan_in_steps(const CaseGraph& made, const std::string& what);

}  // namespace paw
