// The nets of nets.json on TensorFlow.js, as a converter of graphs leaves them: batch norm folded, bias and ReLU6 in the convolution.
// Random weights. `tf`: its global.

/** A function from an input [1,224,224,3] to scores [1,1000]. */
export async function tfjsNet(tf, name) {
  const stages = (await (await fetch('/nets.json')).json())[name];
  const layers = []; // each takes a tensor and gives one
  const weights = (...shape) => tf.randomNormal(shape, 0, Math.sqrt(2 / shape.slice(0, -1).reduce((a, b) => a * b, 1)));
  const conv = (inputs, filters, kernel, strides, activation) => {
    const [filter, bias] = [weights(kernel, kernel, inputs, filters), tf.zeros([filters])];
    return (x) => tf.fused.conv2d({x, filter, strides, pad: 'same', bias, activation});
  };
  const depthwise = (filters, kernel, strides) => {
    const filter = tf.mul(weights(kernel, kernel, filters, 1), Math.sqrt(filters)); // of a channel of its own
    const bias = tf.zeros([filters]);
    return (x) => tf.fused.depthwiseConv2d({x, filter, strides, pad: 'same', bias, activation: 'relu6'});
  };
  let inputs = 32;
  layers.push(conv(3, inputs, 3, 2, 'relu6'));
  for (const [expansion, filters, repeats, stride, kernel] of stages) {
    for (let i = 0; i < repeats; ++i) {
      const [wide, step] = [expansion * inputs, i === 0 ? stride : 1];
      const block = expansion > 1 ? [conv(inputs, wide, 1, 1, 'relu6')] : [];
      block.push(depthwise(wide, kernel, step), conv(wide, filters, 1, 1, 'linear'));
      const whole = (x) => block.reduce((y, layer) => layer(y), x);
      layers.push(step === 1 && inputs === filters ? (x) => tf.add(x, whole(x)) : whole);
      inputs = filters;
    }
  }
  layers.push(conv(inputs, 1280, 1, 1, 'relu6'));
  const [dense, bias] = [weights(1280, 1000), tf.zeros([1000])];
  layers.push((x) => tf.softmax(tf.fused.matMul({a: tf.mean(x, [1, 2]), b: dense, bias, activation: 'linear'})));
  return (x) => tf.tidy(() => layers.reduce((y, layer) => layer(y), x));
}
