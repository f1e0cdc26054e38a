//! The sizes that operations give: the golden rows of pilkit, and laws that hold for any size.

use proptest::prelude::*;
use rendition_imaging::{
    Anchor, Crop, FocalPoint, Header, Limits, Operation, Plan, Resize, ResizeToCover, ResizeToFill,
    ResizeToFit, Size, Upscale, inspect,
};

use crate::picture::{Picture, generate, png, spec};

fn fit(width: u32, height: u32, upscale: Upscale) -> Operation {
    ResizeToFit { width, height, upscale, ..ResizeToFit::default() }.into()
}

fn size(operation: Operation, source: Size) -> Size {
    spec([operation], png()).output_size(Some(source)).unwrap()
}

#[test]
fn fitting_gives_pilkits_sizes() {
    let rows = [
        ((100, 60), (300, 200), (90, 60)),
        ((100, 60), (200, 300), (40, 60)),
        ((100, 60), (333, 77), (100, 23)),
        ((100, 60), (101, 67), (90, 60)),
        ((100, 60), (50, 25), (100, 50)),
        ((100, 60), (4000, 3000), (80, 60)),
        ((50, 0), (333, 77), (50, 12)),
        ((50, 0), (95, 95), (50, 50)),
        ((50, 0), (1000, 667), (50, 33)),
        ((0, 500), (3, 1000), (2, 500)),
    ];
    for ((width, height), (from_width, from_height), expected) in rows {
        let size = size(fit(width, height, Upscale::Allow), Size::new(from_width, from_height));
        assert_eq!((size.width, size.height), expected, "{from_width}x{from_height} into {width}x{height}");
    }
}

#[test]
fn without_upscaling_a_smaller_image_is_fitted_and_covered_as_it_is() {
    let small = Size::new(50, 25);
    assert_eq!(size(fit(100, 60, Upscale::Never), small), small);
    let cover = ResizeToCover { width: 40, height: 40, ..ResizeToCover::default() };
    assert_eq!(size(cover.into(), small), small);
}

#[test]
fn without_upscaling_exact_sizes_become_the_largest_box_of_their_aspect() {
    let small = Size::new(50, 25);
    let resize = Resize { width: 200, height: 200, ..Resize::default() };
    assert_eq!(size(resize.into(), small), Size::new(25, 25));
    let fill = ResizeToFill { width: 300, height: 100, ..ResizeToFill::default() };
    assert_eq!(size(fill.into(), small), Size::new(50, 17));
}

#[test]
fn covering_touches_the_box_from_outside() {
    let cover = ResizeToCover { width: 100, height: 100, upscale: Upscale::Allow };
    assert_eq!(size(cover.into(), Size::new(300, 200)), Size::new(150, 100));
}

#[test]
fn no_side_becomes_zero_however_long_the_other_is() {
    assert_eq!(size(fit(10, 10, Upscale::Never), Size::new(60_000, 1)), Size::new(10, 1));
}

#[test]
fn the_recipe_alone_fixes_the_size_only_where_it_does_for_every_source() {
    let fixed = ResizeToFill { width: 8, height: 9, upscale: Upscale::Allow, ..ResizeToFill::default() };
    let bounded = ResizeToFill { width: 8, height: 9, ..ResizeToFill::default() };
    let crop = Crop { width: 4, height: 400, ..Crop::default() };
    assert_eq!(spec([fixed.clone().into()], png()).output_size(None), Some(Size::new(8, 9)));
    assert_eq!(spec([bounded.into()], png()).output_size(None), None);
    assert_eq!(spec([fixed.into(), crop.into()], png()).output_size(None), Some(Size::new(4, 9)));
    assert_eq!(spec([], png()).output_size(None), None);
    assert_eq!(spec([], png()).output_size(Some(Size::new(0, 5))), None);
}

fn upscale() -> impl Strategy<Value = Upscale> {
    prop_oneof![Just(Upscale::Never), Just(Upscale::Allow)]
}

fn anchor() -> impl Strategy<Value = Option<Anchor>> {
    proptest::option::of(prop_oneof![Just(Anchor::TopLeft), Just(Anchor::Right), Just(Anchor::Bottom)])
}

fn operation(most: u32) -> impl Strategy<Value = Operation> {
    let point = proptest::option::of((0.0..=1.0, 0.0..=1.0).prop_map(|(x, y)| FocalPoint { x, y }));
    (0..5, 1..=most, 1..=most, upscale(), anchor(), point).prop_map(
        |(kind, width, height, upscale, anchor, focal_point)| {
            let anchor = if focal_point.is_some() { None } else { anchor };
            match kind {
                0 => Resize { width, height, upscale, ..Resize::default() }.into(),
                1 => ResizeToFit { width, height, upscale, ..ResizeToFit::default() }.into(),
                2 => ResizeToCover { width, height, upscale }.into(),
                3 => ResizeToFill { width, height, upscale, anchor, focal_point }.into(),
                _ => Crop { width, height, anchor, focal_point, ..Crop::default() }.into(),
            }
        },
    )
}

proptest! {
    #[test]
    fn fitting_stays_inside_the_box_and_keeps_the_aspect(
        w in 1u32..9000, h in 1u32..9000, width in 1u32..3000, height in 1u32..3000, upscale in upscale(),
    ) {
        let size = size(fit(width, height, upscale), Size::new(w, h));
        prop_assert!(size.width >= 1 && size.height >= 1);
        prop_assert!((size.width <= width && size.height <= height) || size == Size::new(w, h));
        // Each side is at most half a pixel from exact, but for those lifted to one pixel.
        let scale = (f64::from(width) / f64::from(w)).min(f64::from(height) / f64::from(h));
        let scale = if upscale == Upscale::Never { scale.min(1.0) } else { scale };
        prop_assert!((f64::from(w) * scale - f64::from(size.width)).abs() <= 0.5 + 1e-6 || size.width == 1);
        prop_assert!((f64::from(h) * scale - f64::from(size.height)).abs() <= 0.5 + 1e-6 || size.height == 1);
    }

    #[test]
    fn without_upscaling_nothing_has_more_pixels_a_side_than_its_source(
        w in 1u32..9000, h in 1u32..9000, operation in operation(9000),
    ) {
        let never = match operation {
            Operation::Resize(resize) => Resize { upscale: Upscale::Never, ..resize }.into(),
            Operation::ResizeToFit(fit) => ResizeToFit { upscale: Upscale::Never, ..fit }.into(),
            Operation::ResizeToCover(cover) => ResizeToCover { upscale: Upscale::Never, ..cover }.into(),
            Operation::ResizeToFill(fill) => ResizeToFill { upscale: Upscale::Never, ..fill }.into(),
            crop => crop,
        };
        let size = size(never, Size::new(w, h));
        prop_assert!(size.width >= 1 && size.height >= 1 && size.width <= w && size.height <= h);
    }

    #[test]
    fn filling_gives_exactly_what_is_asked_where_it_may_enlarge(
        w in 1u32..9000, h in 1u32..9000, width in 1u32..3000, height in 1u32..3000,
    ) {
        let fill = ResizeToFill { width, height, upscale: Upscale::Allow, ..ResizeToFill::default() };
        prop_assert_eq!(size(fill.into(), Size::new(w, h)), Size::new(width, height));
    }

    #[test]
    fn cropping_gives_what_is_asked_or_all_there_is(
        w in 1u32..9000, h in 1u32..9000, width in 1u32..9000, height in 1u32..9000,
    ) {
        let crop = Crop { width, height, ..Crop::default() };
        prop_assert_eq!(size(crop.into(), Size::new(w, h)), Size::new(width.min(w), height.min(h)));
    }

    #[test]
    fn the_planned_size_is_the_size_of_the_rendition(
        w in 1u32..90, h in 1u32..90, operations in proptest::collection::vec(operation(120), 0..4),
    ) {
        let source = Picture::scene(w, h);
        for bytes in [source.png(), source.jpeg(90)] {
            let spec = spec(operations.clone(), png());
            let header: Header = inspect(&bytes).unwrap();
            let plan = Plan::new(&header, bytes.len() as u64, &spec, &Limits::default()).unwrap();
            let made = inspect(&generate(&bytes, operations.clone(), png())).unwrap();
            prop_assert_eq!(made.size, plan.output_size());
            prop_assert_eq!(Some(made.size), spec.output_size(Some(header.size)));
        }
    }
}
