// Parsers of the parts of a statement that stand for themselves: types, attributes, encodings.
#pragma once

#include "ir/op_def.h"
#include "ir/text_cursor.h"

namespace paw {

// f32[1,8], i8[1,8]{scale=0.5, zero_point=3}. Shape and quantisation are valid.
Result<TensorType> parse_type(Cursor& cursor);

// {stride=[2,2], padding=same} or nothing, over `attrs`, which holds the op's defaults.
Status parse_attributes(Cursor& cursor, const OpDef& op, Attrs& attrs);

// palette(bits=4, axis=0, group=8), sparse(axis=0, group=4), or nothing. Fields left out are 0.
Result<std::optional<Encoding>> parse_encoding(Cursor& cursor);

}  // namespace paw
