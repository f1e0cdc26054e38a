//! One decode serves many renditions, and bytes never depend on the company.

use rendition_imaging::{
    Jpeg, Limits, Operation, Output, Plan, ResizeToFill, ResizeToFit, Webp, decode, inspect, render,
};

use crate::picture::{Picture, generate, spec};

#[test]
fn renditions_of_a_shared_plane_are_the_bytes_of_renditions_alone() {
    let source = Picture::scene(640, 480);
    let fit: Operation = ResizeToFit { width: 100, ..ResizeToFit::default() }.into();
    let fill: Operation = ResizeToFill { width: 90, height: 90, ..ResizeToFill::default() }.into();
    let outputs = [Output::Jpeg(Jpeg::default()), Output::Webp(Webp::default())];
    for bytes in [source.png(), source.jpeg(85), source.webp()] {
        let header = inspect(&bytes).unwrap();
        let length = bytes.len() as u64;
        let mut planes = std::collections::HashMap::new();
        for output in &outputs {
            for operation in [&fit, &fill] {
                let spec = spec([operation.clone()], output.clone());
                let plan = Plan::new(&header, length, &spec, &Limits::default()).unwrap();
                let plane = planes
                    .entry(plan.decode().clone())
                    .or_insert_with(|| decode(&bytes, &header, plan.decode()).unwrap());
                let shared = render(plane, &plan).unwrap();
                assert_eq!(shared.size, plan.output_size());
                assert_eq!(shared.bytes, generate(&bytes, [operation.clone()], output.clone()));
            }
        }
        assert!(planes.len() < 4);
    }
}

#[test]
fn a_plane_of_another_size_is_refused() {
    let (small, large) = (Picture::scene(10, 10).png(), Picture::scene(20, 10).png());
    let spec = spec([], Output::Jpeg(Jpeg::default()));
    let header = inspect(&small).unwrap();
    let plan = Plan::new(&inspect(&large).unwrap(), 0, &spec, &Limits::default()).unwrap();
    let plane = decode(&small, &header, plan.decode()).unwrap();
    assert!(render(&plane, &plan).is_err());
}
