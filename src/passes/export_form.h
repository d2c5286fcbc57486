// A model as writers of foreign formats take it: nothing but what inference needs, in one graph.
#pragma once

#include "ir/model.h"

namespace paw {

// The pipeline `deploy` was run and the temperature is part of the layer before the softmax (model.temperature is 1),
// so that every runtime gives the same probabilities. kUnsupported: a temperature, but no softmax at the end to take
// it.
Result<Model> export_form(const Model& model);

// softmax(x / T), with 1 / T in the weights and bias of the dense layer or convolution that makes x, through divisions,
// reshapes and the like; a multiplication where there is none such. Sets model.temperature to 1. Errors as above; the
// model is unchanged then.
Status fold_temperature(Model& model);

// The input of a photo model becomes the pixels themselves, 0 to 255, as they are after geometry and resizing, as u8 or
// f32; scale and bias go into the graph as multiply and add, and preprocessing has scale 1, bias 0. With u8 they go
// into the input's quantisation instead where that holds them exactly (one scale, and a bias that is a whole number of
// its steps), and preprocessing keeps them. kUnsupported: no photo model, or its input is not f32.
Status take_pixels(Model& model, DType dtype);

}  // namespace paw
