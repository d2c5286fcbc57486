"""TensorFlow: a whole training step (forward, backward, SGD with momentum) as one tf.function."""
import keras
import numpy as np
import tensorflow

import nets_keras


def load(job):
    if tensorflow.config.threading.get_intra_op_parallelism_threads() != job["threads"]:
        tensorflow.config.threading.set_intra_op_parallelism_threads(job["threads"])
    model = nets_keras.build(job["net"])
    optimizer = keras.optimizers.SGD(0.01, 0.9)
    loss = keras.losses.SparseCategoricalCrossentropy()
    images = tensorflow.random.normal((job["batch"], 224, 224, 3), seed=0)
    labels = tensorflow.constant(np.arange(job["batch"]))

    @tensorflow.function
    def step():
        with tensorflow.GradientTape() as tape:
            value = loss(labels, model(images, training=True))
        variables = model.trainable_variables
        optimizer.apply_gradients(zip(tape.gradient(value, variables), variables))
        return value

    return lambda: step().numpy()
